namespace Terradev.Contracts;

/// <summary>
/// Why something was not done: a closed code, the cause and the next step. Over HTTP it becomes RFC 9457 problem details;
/// in messages it travels as it is.
/// </summary>
/// <param name="Code">One of <see cref="RefusalCodes"/>.</param>
/// <param name="Detail">The cause, in one or two sentences.</param>
/// <param name="NextStep">What the caller can do about it.</param>
/// <param name="Errors">Messages by request field (camelCase), when the request itself is at fault.</param>
public sealed record Refusal(string Code, string Detail, string NextStep, IReadOnlyDictionary<string, string[]>? Errors = null);

/// <summary>The closed list of codes. A code never changes its meaning; new causes get new codes.</summary>
public static class RefusalCodes
{
    // The request
    public const string InvalidRequest = "invalid-request";
    public const string MalformedBody = "malformed-body";
    public const string BodyTooLarge = "body-too-large";
    public const string UnsupportedMediaType = "unsupported-media-type";
    public const string Unauthorized = "unauthorized";
    public const string NotFound = "not-found";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string IdempotencyKeyReused = "idempotency-key-reused";
    public const string InvalidState = "invalid-state";

    // What was asked for
    public const string ModelNotFound = "model-not-found";
    public const string ModelGated = "model-gated";
    public const string ModelSizeUnknown = "model-size-unknown";
    public const string ModelFilesUnknown = "model-files-unknown";
    public const string ModelExists = "model-exists";
    public const string DatasetNotFound = "dataset-not-found";
    public const string DatasetGated = "dataset-gated";
    public const string UnknownSource = "unknown-source";
    public const string UnknownBlueprint = "unknown-blueprint";
    public const string BlueprintInvalid = "blueprint-invalid";
    public const string UnknownRegion = "unknown-region";
    public const string UnknownInstanceType = "unknown-instance-type";
    public const string NoOfferFits = "no-offer-fits";
    public const string NameTaken = "name-taken";
    public const string NoPrices = "no-prices";

    // The world
    public const string HubUnreachable = "hub-unreachable";
    public const string PriceSourceUnreachable = "price-source-unreachable";
    public const string ServiceUnavailable = "service-unavailable";
    public const string InternalError = "internal-error";

    // Runs
    public const string TerraformMissing = "terraform-missing";
    public const string ProviderUnavailable = "provider-unavailable";
    public const string TerraformFailed = "terraform-failed";
    public const string CredentialsMissing = "credentials-missing";
    public const string BucketNotEmpty = "bucket-not-empty";
    public const string BudgetExceeded = "budget-exceeded";
    public const string PlanExpired = "plan-expired";
    public const string RunInterrupted = "run-interrupted";
    public const string TimedOut = "timed-out";
}

/// <summary>Where a figure comes from and how old it is.</summary>
/// <param name="Source">A hub (<c>huggingface</c>), <c>snapshot</c> for figures that ship with the product, or the name of a price source.</param>
/// <param name="AsOf">When the source said so.</param>
public sealed record Provenance(string Source, DateTimeOffset AsOf)
{
    /// <summary>What <paramref name="source"/> says at the moment, in whole milliseconds, which is what JSON keeps.</summary>
    public static Provenance Now(string source, DateTimeOffset now) => new(source, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)));
}

/// <summary>One page of a list.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
