using System.Collections.Frozen;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Terradev.Contracts;

namespace Terradev.ServiceDefaults;

/// <summary>Turns refusals and failures into RFC 9457 problem details with <c>code</c>, <c>nextStep</c> and <c>errors</c>.</summary>
public static class Problems
{
    private static readonly FrozenDictionary<string, (int Status, string Title)> Known = new Dictionary<string, (int, string)>
    {
        [RefusalCodes.InvalidRequest] = (400, "The request is not valid"),
        [RefusalCodes.MalformedBody] = (400, "The body cannot be read"),
        [RefusalCodes.BodyTooLarge] = (413, "The body is too large"),
        [RefusalCodes.UnsupportedMediaType] = (415, "The body has another media type"),
        [RefusalCodes.Unauthorized] = (401, "A valid API key is needed"),
        [RefusalCodes.NotFound] = (404, "There is no such thing"),
        [RefusalCodes.MethodNotAllowed] = (405, "The method is not allowed here"),
        [RefusalCodes.IdempotencyKeyReused] = (422, "The idempotency key was used for another request"),
        [RefusalCodes.InvalidState] = (409, "The state does not allow this"),
        [RefusalCodes.ModelNotFound] = (422, "The model was not found"),
        [RefusalCodes.ModelGated] = (422, "The model is gated"),
        [RefusalCodes.ModelSizeUnknown] = (422, "The size of the model is unknown"),
        [RefusalCodes.ModelFilesUnknown] = (422, "The files of the model are unknown"),
        [RefusalCodes.ModelExists] = (409, "The model is registered already"),
        [RefusalCodes.DatasetNotFound] = (422, "The dataset was not found"),
        [RefusalCodes.DatasetGated] = (422, "The dataset is gated"),
        [RefusalCodes.UnknownSource] = (422, "The hub is not known"),
        [RefusalCodes.UnknownBlueprint] = (422, "The blueprint is not known"),
        [RefusalCodes.BlueprintInvalid] = (422, "The blueprint is not taken"),
        [RefusalCodes.UnknownRegion] = (422, "The region is not known"),
        [RefusalCodes.UnknownInstanceType] = (422, "The instance type is not known"),
        [RefusalCodes.NoOfferFits] = (422, "No offer fits"),
        [RefusalCodes.NameTaken] = (409, "The name is taken"),
        [RefusalCodes.NoPrices] = (422, "There are no prices in it"),
        [RefusalCodes.HubUnreachable] = (503, "The hub cannot be reached"),
        [RefusalCodes.PriceSourceUnreachable] = (503, "The price source cannot be reached"),
        [RefusalCodes.ServiceUnavailable] = (503, "A service cannot be reached"),
        [RefusalCodes.InternalError] = (500, "Something went wrong here"),
        [RefusalCodes.TerraformMissing] = (503, "Terraform is missing"),
        [RefusalCodes.ProviderUnavailable] = (503, "A Terraform provider cannot be installed"),
        [RefusalCodes.TerraformFailed] = (500, "Terraform failed"),
        [RefusalCodes.CredentialsMissing] = (409, "Cloud credentials are missing"),
        [RefusalCodes.BucketNotEmpty] = (409, "A bucket holds data"),
        [RefusalCodes.BudgetExceeded] = (422, "The budget would be exceeded"),
        [RefusalCodes.PlanExpired] = (409, "The plan is too old"),
        [RefusalCodes.RunInterrupted] = (503, "The run was interrupted"),
        [RefusalCodes.TimedOut] = (504, "It took too long"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every code that can appear.</summary>
    internal static IEnumerable<string> Codes => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>The problem details of a refusal; an endpoint returns it as it is.</summary>
    public static ProblemHttpResult ToProblem(this Refusal refusal) => TypedResults.Problem(Details(refusal));

    /// <summary>The same for a refused address: what is not found there is a 404, while the same thing named in a body is a 422.</summary>
    public static ProblemHttpResult ToProblemOfAddress(this Refusal refusal)
    {
        var details = Details(refusal);
        if (refusal.Code is RefusalCodes.ModelNotFound or RefusalCodes.DatasetNotFound or RefusalCodes.UnknownSource)
        {
            details.Status = StatusCodes.Status404NotFound;
        }

        return TypedResults.Problem(details);
    }

    /// <summary>Short form for refusals without field errors.</summary>
    public static ProblemHttpResult Problem(string code, string detail, string nextStep) => new Refusal(code, detail, nextStep).ToProblem();

    internal static ProblemDetails Details(Refusal refusal)
    {
        var (status, title) = Known[refusal.Code];
        var details = new ProblemDetails
        {
            Type = $"urn:terradev:problem:{refusal.Code}",
            Title = title,
            Status = status,
            Detail = refusal.Detail,
            Extensions = { ["code"] = refusal.Code, ["nextStep"] = refusal.NextStep },
        };
        if (refusal.Errors is { Count: > 0 } errors)
        {
            details.Extensions["errors"] = errors;
        }

        return details;
    }

    internal static Refusal ForStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new(RefusalCodes.Unauthorized, "The call has no API key or one that is not known.", "Send the header 'Authorization: Bearer <key>'."),
        StatusCodes.Status404NotFound => new(RefusalCodes.NotFound, "No resource has this address.", "Look at GET /openapi/v1.json for the addresses that exist."),
        StatusCodes.Status405MethodNotAllowed => new(RefusalCodes.MethodNotAllowed, "This address does not take that method.", "Look at GET /openapi/v1.json for the methods it takes."),
        StatusCodes.Status415UnsupportedMediaType => new(RefusalCodes.UnsupportedMediaType, "The body must be JSON.", "Send the header 'Content-Type: application/json'."),
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        >= 400 and < 500 => new(RefusalCodes.InvalidRequest, $"The request was answered with status {status}.", "Look at GET /openapi/v1.json for what this address takes."),
        502 or 503 or 504 => new(RefusalCodes.ServiceUnavailable, "The service behind this address does not answer.", "Try again in some seconds; GET /health tells when it is back."),
        _ => Internal,
    };

    internal static Refusal TooLarge { get; } =
        new(RefusalCodes.BodyTooLarge, "The body is larger than this address takes.", "Send less than 1 MiB.");

    internal static Refusal Internal { get; } =
        new(RefusalCodes.InternalError, "The cause is in the server's log under this traceId.", "Try again; if it stays, report the traceId.");
}

/// <summary>
/// Writes problem details whatever the caller accepts: ASP.NET Core's own writer answers a browser or an event stream with
/// nothing, and a refusal without its cause helps nobody.
/// </summary>
internal sealed class ProblemWriter(IOptions<ProblemDetailsOptions> options, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        options.Value.CustomizeProblemDetails?.Invoke(context);
        return new(context.HttpContext.Response.WriteAsJsonAsync(context.ProblemDetails, json.Value.SerializerOptions, "application/problem+json"));
    }
}

/// <summary>The one place where exceptions become answers.</summary>
internal sealed partial class ProblemExceptionHandler(IProblemDetailsService problems, ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var refusal = Explain(exception);
        if (refusal.Code == RefusalCodes.InternalError)
        {
            LogUnhandled(exception, context.Request.Method, context.Request.Path);
        }
        else if (refusal.Code == RefusalCodes.ServiceUnavailable)
        {
            LogUnavailable(exception, context.Request.Method, context.Request.Path);
        }

        var details = Problems.Details(refusal);
        context.Response.StatusCode = details.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details, Exception = exception });
    }

    private static Refusal Explain(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.TooLarge,
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problems.ForStatus(415),
        BadHttpRequestException { InnerException: System.Text.Json.JsonException json } => new(
            RefusalCodes.MalformedBody, BodyFault(json), "Compare the body with the schema in GET /openapi/v1.json."),
        BadHttpRequestException bad => new(RefusalCodes.InvalidRequest, bad.Message, "Look at GET /openapi/v1.json for what this address takes."),
        _ when Unavailable.Is(exception) => new(
            RefusalCodes.ServiceUnavailable, "The store, the broker or another service does not answer.", "Try again in some seconds; nothing was stored."),
        _ => Problems.Internal,
    };

    private static string BodyFault(System.Text.Json.JsonException json)
    {
        var where = json.Path is null or "$" ? "" : $" at {json.Path}";
        var line = json.LineNumber is { } number ? $", line {number + 1}" : "";
        return json.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? $"The body has a field that is not known{where}{line}: {json.Message.Split(" could not", 2)[0].Replace("The JSON property ", "", StringComparison.Ordinal)}."
            : $"The body is not JSON of the expected shape{where}{line}.";
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogUnhandled(Exception exception, string method, string path);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Method} {Path} could not be answered: something it needs is unavailable")]
    private partial void LogUnavailable(Exception exception, string method, string path);
}
