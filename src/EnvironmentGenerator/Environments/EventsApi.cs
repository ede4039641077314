using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Server-sent events, read from the outbox, so that a stream can be resumed at any replica.</summary>
internal static class EventsApi
{
    private const int BatchSize = 200;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static void MapEventsApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1").WithTags("events").RequireAuthorization().WaitForStore<EnvironmentGeneratorDb>();
        group.MapGet("/events", All).WithName("StreamEvents").WithSummary("Every event, in one order; resumes after Last-Event-ID")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        group.MapGet("/environments/{id}/events", OfEnvironment).WithName("StreamEnvironmentEvents").WithSummary("The events of one environment; ids are its sequence numbers")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
    }

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> All(
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId, EnvironmentGeneratorDb db, TimeProvider time, HttpContext http, CancellationToken cancellationToken)
    {
        if (!TryReadId(lastEventId, out var after))
        {
            return BadId();
        }

        // Without an id the stream begins now: the whole history is not what a new subscriber expects.
        var from = lastEventId is null ? await db.Outbox.MaxAsync(message => message.Position, cancellationToken) ?? 0 : after;
        await StreamAsync(http, time, from, last => db.Outbox.AsNoTracking().Where(message => message.Position > last).OrderBy(message => message.Position), message => message.Position!.Value, cancellationToken);
        return TypedResults.Empty;
    }

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> OfEnvironment(
        string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, EnvironmentGeneratorDb db, TimeProvider time, HttpContext http, CancellationToken cancellationToken)
    {
        if (!TryReadId(lastEventId, out var after))
        {
            return BadId();
        }

        if (await db.Environments.AsNoTracking().FindAsync(id, cancellationToken) is not { } environment)
        {
            return EnvironmentsApi.Unknown(id);
        }

        await StreamAsync(
            http, time, after, last => db.Outbox.AsNoTracking().Where(message => message.Subject == environment.Id && message.Sequence > last).OrderBy(message => message.Sequence),
            message => message.Sequence, cancellationToken);
        return TypedResults.Empty;
    }

    private static async Task StreamAsync(
        HttpContext http, TimeProvider time, long last, Func<long, IQueryable<OutboxMessage>> after, Func<OutboxMessage, long> idOf, CancellationToken cancellationToken)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache, no-store";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.WriteAsync(": connected\n\n", cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
        var written = time.GetTimestamp();
        try
        {
            while (true)
            {
                var batch = await after(last).Take(BatchSize).ToListAsync(cancellationToken);
                foreach (var message in batch)
                {
                    last = idOf(message);
                    await http.Response.WriteAsync(FormattableString.Invariant($"id: {last}\nevent: {message.Type}\ndata: {message.Body}\n\n"), cancellationToken);
                }

                if (batch.Count > 0 || time.GetElapsedTime(written) > KeepAlive)
                {
                    await http.Response.WriteAsync(batch.Count > 0 ? "" : ": still here\n\n", cancellationToken);
                    await http.Response.Body.FlushAsync(cancellationToken);
                    written = time.GetTimestamp();
                }

                if (batch.Count < BatchSize)
                {
                    await Task.Delay(PollInterval, time, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader left, or the server stops; the reader comes back with Last-Event-ID.
        }
    }

    private static bool TryReadId(string? text, out long id)
    {
        id = 0;
        return text is null || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id >= 0);
    }

    private static ProblemHttpResult BadId() => Problems.Problem(RefusalCodes.InvalidRequest, "Last-Event-ID is not a number.", "Send the id of the last event you have seen, or none.");
}
