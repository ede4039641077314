using System.Net.Http.Headers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Signed requests to AWS, at <c>AWS_ENDPOINT_URL</c> where that is set.</summary>
internal sealed class AwsApi(PriceSourceClient client, IConfiguration configuration, TimeProvider time)
{
    public bool HasCredentials => AwsCredentials.Read(configuration) is not null;

    /// <summary>Posts <paramref name="body"/> and gives the answer's body.</summary>
    /// <param name="endpoint">The configured address; null for AWS's own.</param>
    /// <param name="host">AWS's own host of this service and region.</param>
    /// <param name="target">Header <c>X-Amz-Target</c> of the JSON protocol; null for the query protocol.</param>
    /// <param name="permission">The IAM action that the credentials need.</param>
    /// <exception cref="PriceSourceException">There is no usable answer.</exception>
    public Task<byte[]> PostAsync(
        string? endpoint, string host, string region, string service, string contentType, string? target, byte[] body, string permission, CancellationToken cancellationToken)
    {
        var credentials = AwsCredentials.Read(configuration)
            ?? throw new PriceSourceException(new Contracts.Refusal(Contracts.RefusalCodes.CredentialsMissing, "There are no AWS credentials.", AwsCredentials.Missing));
        var address = new Uri(endpoint ?? (configuration["AWS_ENDPOINT_URL"] is { Length: > 0 } url ? url : $"https://{host}/"));
        return client.AskAsync(
            () =>
            {
                var content = new ByteArrayContent(body);
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
                var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
                if (target is not null)
                {
                    request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
                }

                AwsSignature.Sign(request, body, credentials, region, service, time.GetUtcNow());
                return request;
            },
            $"Check that the AWS credentials are valid and may do {permission}.",
            cancellationToken);
    }
}
