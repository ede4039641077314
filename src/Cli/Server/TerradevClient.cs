using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Server;

/// <summary>The server answered with problem details, or with something that is not Terradev's.</summary>
internal sealed class RefusedException(Refusal refusal, Exception? cause = null) : Exception(refusal.Detail, cause)
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>Nothing usable answers at the address.</summary>
internal sealed class ServerUnreachableException(string detail, string nextStep, Exception? cause = null) : Exception(detail, cause)
{
    public string NextStep { get; } = nextStep;
}

/// <summary>The public API. Every method returns contracts or throws one of the two exceptions above, once, here.</summary>
internal sealed class TerradevClient(HttpClient http, TimeProvider time)
{
    private const string Environments = "api/v1/environments";
    private const string Models = "api/v1/models";
    private const string Offers = "api/v1/offers";
    private const string CheckTheAddress = "Check --server or TERRADEV_URL, or leave both out to work without a server.";
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(100);

    /// <summary>The event records by name.</summary>
    private static readonly Dictionary<string, Type> EventTypes = typeof(EnvironmentEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(EnvironmentEvent))).ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>How long a lost event stream is tried again.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromSeconds(30);

    public Task<EnvironmentResponse> CreateAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        var message = Post(Environments, request);
        // The same key for every attempt of one command, so that a lost answer creates nothing twice.
        message.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        return SendAsync<EnvironmentResponse>(message, cancellationToken);
    }

    public Task<Page<EnvironmentResponse>> ListAsync(CancellationToken cancellationToken) =>
        GetAsync<Page<EnvironmentResponse>>($"{Environments}?limit=1000", cancellationToken);

    public Task<EnvironmentResponse> GetAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<EnvironmentResponse>(Of(name), cancellationToken);

    public Task<EnvironmentResponse> ApproveAsync(string name, string? comment, CancellationToken cancellationToken) =>
        SendAsync<EnvironmentResponse>(Post($"{Of(name)}/approve", new Decision { Comment = comment }), cancellationToken);

    public Task<EnvironmentResponse> RejectAsync(string name, string? comment, CancellationToken cancellationToken) =>
        SendAsync<EnvironmentResponse>(Post($"{Of(name)}/reject", new Decision { Comment = comment }), cancellationToken);

    public Task<EnvironmentResponse> ApplyAsync(string name, bool autoApprove, CancellationToken cancellationToken) =>
        SendAsync<EnvironmentResponse>(Post($"{Of(name)}/apply", new ApplyRequest { AutoApprove = autoApprove }), cancellationToken);

    public Task<EnvironmentResponse> DestroyAsync(string name, bool deleteData, CancellationToken cancellationToken) =>
        SendAsync<EnvironmentResponse>(new HttpRequestMessage(HttpMethod.Delete, Of(name) + (deleteData ? "?deleteData=true" : "")), cancellationToken);

    public async Task<string> LogAsync(string name, int run, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"{Of(name)}/runs/{run}/log"), cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public Task<ModelPage> ModelsAsync(string query, CancellationToken cancellationToken) =>
        GetAsync<ModelPage>($"{Models}{query}", cancellationToken);

    /// <param name="model">Written <c>source:id</c>, or an id of Hugging Face's.</param>
    public Task<ModelDetail> ModelAsync(string model, CancellationToken cancellationToken) => GetAsync<ModelDetail>(OfModel(model), cancellationToken);

    /// <param name="json">A <see cref="RegisterModel"/>, which the server judges.</param>
    public Task<ModelDetail> RegisterAsync(string json, CancellationToken cancellationToken) =>
        SendAsync<ModelDetail>(new HttpRequestMessage(HttpMethod.Post, Models) { Content = Body(json) }, cancellationToken);

    public Task<ModelDetail> ReplaceAsync(string model, string json, CancellationToken cancellationToken) =>
        SendAsync<ModelDetail>(new HttpRequestMessage(HttpMethod.Put, OfModel(model)) { Content = Body(json) }, cancellationToken);

    public async Task RemoveModelAsync(string model, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, OfModel(model)), cancellationToken);
    }

    public Task<Page<SyncState>> SyncAsync(SyncRequest request, CancellationToken cancellationToken) =>
        SendAsync<Page<SyncState>>(Post($"{Models}/sync", request), cancellationToken);

    public Task<Page<SyncState>> SyncStatesAsync(CancellationToken cancellationToken) => GetAsync<Page<SyncState>>($"{Models}/sync", cancellationToken);

    public Task<CopyReport> VerifyAsync(VerifyRequest request, CancellationToken cancellationToken) =>
        SendAsync<CopyReport>(Post($"{Models}/verify", request), cancellationToken);

    public Task<Page<DatasetSummary>> DatasetsAsync(string query, CancellationToken cancellationToken) =>
        GetAsync<Page<DatasetSummary>>($"api/v1/datasets{query}", cancellationToken);

    public Task<Page<Offer>> OffersAsync(string query, CancellationToken cancellationToken) =>
        GetAsync<Page<Offer>>($"{Offers}{query}", cancellationToken);

    public Task<Page<GpuDetail>> GpusAsync(string query, CancellationToken cancellationToken) => GetAsync<Page<GpuDetail>>($"api/v1/gpus{query}", cancellationToken);

    public Task<GpuDetail> GpuAsync(string model, string query, CancellationToken cancellationToken) =>
        GetAsync<GpuDetail>($"api/v1/gpus/{Uri.EscapeDataString(model)}{query}", cancellationToken);

    /// <summary>Has the server fetch a price list.</summary>
    public Task<PriceImportReport> ImportPricesAsync(PriceImportRequest request, CancellationToken cancellationToken) =>
        SendAsync<PriceImportReport>(Post($"{Offers}/import", request), cancellationToken);

    /// <summary>Sends a price list as it is read; it is not kept in memory.</summary>
    public Task<PriceImportReport> ImportPricesAsync(Stream list, PriceImportRequest claims, CancellationToken cancellationToken)
    {
        (string Name, string? Value)[] fields =
        [
            ("format", claims.Format is { } format ? Wire.Name(format) : null), ("cloud", claims.Cloud is { } cloud ? Wire.Name(cloud) : null), ("source", claims.Source),
            ("asOf", claims.AsOf?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        ];
        var query = string.Join('&', fields.Where(field => field.Value is not null).Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}"));
        var content = new StreamContent(list) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return SendAsync<PriceImportReport>(new HttpRequestMessage(HttpMethod.Post, $"{Offers}/import?{query}") { Content = content }, cancellationToken);
    }

    public Task<Page<PriceImportReport>> ImportsAsync(string query, CancellationToken cancellationToken) =>
        GetAsync<Page<PriceImportReport>>($"{Offers}/imports{query}", cancellationToken);

    public Task<Page<PricePoint>> PriceHistoryAsync(string query, CancellationToken cancellationToken) => GetAsync<Page<PricePoint>>($"{Offers}/history{query}", cancellationToken);

    public Task<IReadOnlyList<PriceSource>> PriceSourcesAsync(CancellationToken cancellationToken) => GetAsync<IReadOnlyList<PriceSource>>($"{Offers}/sources", cancellationToken);

    public Task<PriceSource> RefreshPricesAsync(string source, CancellationToken cancellationToken) =>
        SendAsync<PriceSource>(new HttpRequestMessage(HttpMethod.Post, $"{Offers}/sources/{Uri.EscapeDataString(source)}/refresh"), cancellationToken);

    public Task<Recommendation> RecommendAsync(RecommendationRequest request, CancellationToken cancellationToken) =>
        SendAsync<Recommendation>(Post("api/v1/recommendations", request), cancellationToken);

    public Task<CloudComparison> CompareAsync(RecommendationRequest request, CancellationToken cancellationToken) =>
        SendAsync<CloudComparison>(Post("api/v1/recommendations/compare", request), cancellationToken);

    public Task<WhatIf> WhatIfAsync(WhatIfRequest request, CancellationToken cancellationToken) =>
        SendAsync<WhatIf>(Post("api/v1/recommendations/what-if", request), cancellationToken);

    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri("health", UriKind.Relative), cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>
    /// The events of an environment after <paramref name="after"/>, in order, for as long as the caller reads. A lost
    /// connection is opened again where it broke off.
    /// </summary>
    public async IAsyncEnumerable<StreamedEvent> FollowAsync(string name, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = after;
        long? lostAt = null;
        while (true)
        {
            Exception? lost = null;
            await using (var stream = StreamAsync(name, last, cancellationToken).GetAsyncEnumerator(cancellationToken))
            {
                while (true)
                {
                    try
                    {
                        if (!await stream.MoveNextAsync())
                        {
                            break;
                        }
                    }
                    catch (Exception exception) when (exception is ServerUnreachableException or HttpRequestException or IOException)
                    {
                        lost = exception;
                        break;
                    }

                    lostAt = null;
                    if (stream.Current.Sequence > last)
                    {
                        last = stream.Current.Sequence;
                        yield return stream.Current;
                    }
                }
            }

            lostAt ??= time.GetTimestamp();
            if (time.GetElapsedTime(lostAt.Value) >= StreamPatience)
            {
                throw new ServerUnreachableException(
                    $"The connection to {http.BaseAddress} was lost{(lost is null ? "" : ": " + lost.Message)}", $"The work may go on there. Look again with: terradev show {name}", lost);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
        }
    }

    private async IAsyncEnumerable<StreamedEvent> StreamAsync(string name, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{Of(name)}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        using var response = await SendAsync(request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            if (long.TryParse(item.EventId, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            {
                var known = EventTypes.TryGetValue(item.EventType, out var type)
                    ? (EnvironmentEvent?)JsonSerializer.Deserialize(item.Data, type, TerradevJson.Options)
                    : null;
                yield return new StreamedEvent(item.EventType, sequence, item.Data, known);
            }
        }
    }

    private static string Of(string name) => $"{Environments}/{Uri.EscapeDataString(name)}";

    private static string OfModel(string model) => HubReference.TryParse(model, out var reference)
        ? $"{Models}/{reference.Source}/{reference.Id}"
        : throw new RefusedException(new Refusal(
            RefusalCodes.InvalidRequest, $"'{model}' is not written as source:id with letters, digits, '.', '_', '-' and '/'.", "Write the model as huggingface:google-bert/bert-base-uncased."));

    private static StringContent Body(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static HttpRequestMessage Post<T>(string address, T body) =>
        new(HttpMethod.Post, address) { Content = JsonContent.Create(body, options: TerradevJson.Options) };

    private Task<T> GetAsync<T>(string address, CancellationToken cancellationToken) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(TerradevJson.Options, cancellationToken) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException exception)
        {
            throw NotTerradev($"an answer that cannot be read ({exception.Message})", exception);
        }
    }

    /// <summary>The answer once its headers are there, if it is a success.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        }
        catch (HttpRequestException exception)
        {
            throw new ServerUnreachableException($"{http.BaseAddress} does not answer: {exception.Message}", CheckTheAddress, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerUnreachableException($"{http.BaseAddress} did not answer within {AnswerTimeout.TotalSeconds:0} seconds.", CheckTheAddress, exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new RefusedException(await ReadRefusalAsync(response, cancellationToken));
        }
    }

    private async Task<Refusal> ReadRefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new Refusal(RefusalCodes.Unauthorized, $"{http.BaseAddress} wants an API key, and the one that was sent, if any, is not known there.",
                "Set TERRADEV_API_KEY to a key of that server.");
        }

        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json")
        {
            try
            {
                var problem = await response.Content.ReadFromJsonAsync<Problem>(TerradevJson.Options, cancellationToken);
                if (problem is { Code.Length: > 0 })
                {
                    return new Refusal(problem.Code, problem.Detail ?? problem.Title ?? "", problem.NextStep ?? "Look at the server's log.", problem.Errors);
                }
            }
            catch (JsonException exception)
            {
                throw NotTerradev($"status {(int)response.StatusCode} and a problem that cannot be read", exception);
            }
        }

        throw NotTerradev($"status {(int)response.StatusCode} without a reason of Terradev's", null);
    }

    private ServerUnreachableException NotTerradev(string answer, Exception? cause) =>
        new($"{http.BaseAddress} gave {answer}.", "Is that a Terradev server of this version? " + CheckTheAddress, cause);

    private sealed record Problem(string? Code, string? Title, string? Detail, string? NextStep, Dictionary<string, string[]>? Errors);
}

/// <summary>An event as it came.</summary>
/// <param name="Type">Name of the event's record.</param>
/// <param name="Json">The event as JSON.</param>
/// <param name="Event">The event; null for a type that this version does not know.</param>
internal sealed record StreamedEvent(string Type, long Sequence, string Json, EnvironmentEvent? Event);
