namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>Whether and how this process may use AWS, by AWS's own variables and files.</summary>
internal sealed class AwsAccess(IConfiguration configuration)
{
    private const string Endpoint = "AWS_ENDPOINT_URL";

    private static readonly string[] Signs =
    [
        "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];

    private static readonly string[] Handed =
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", Endpoint];

    /// <summary>The API is not Amazon's own but a simulator's.</summary>
    public bool SimulatedEndpoint => !string.IsNullOrEmpty(configuration[Endpoint]);

    /// <summary>The region where none is asked for.</summary>
    public string DefaultRegion => configuration["AWS_REGION"] ?? configuration["AWS_DEFAULT_REGION"] ?? "us-east-1";

    /// <summary>True when Terraform can be expected to find credentials. A machine's own role is not looked for: say <c>"rehearsal": false</c> to use it.</summary>
    public bool HasCredentials =>
        SimulatedEndpoint
        || Signs.Any(name => !string.IsNullOrEmpty(configuration[name]))
        || File.Exists(configuration["AWS_SHARED_CREDENTIALS_FILE"] ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", "credentials"));

    /// <summary>What to add to Terraform's environment.</summary>
    public IReadOnlyDictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Handed)
        {
            if (configuration[name] is { Length: > 0 } value)
            {
                variables[name] = value;
            }
        }

        if (SimulatedEndpoint && !variables.ContainsKey("AWS_PROFILE"))
        {
            // The provider insists on credentials; a simulator takes any.
            variables.TryAdd("AWS_ACCESS_KEY_ID", "simulator");
            variables.TryAdd("AWS_SECRET_ACCESS_KEY", "simulator");
        }

        return variables;
    }
}
