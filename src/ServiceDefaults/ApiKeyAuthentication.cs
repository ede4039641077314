using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Terradev.ServiceDefaults;

/// <summary>The admin key: <c>TERRADEV_API_KEY</c>, or a key made on first start and kept as <c>admin.key</c> in the data directory.</summary>
public sealed class ApiKeys
{
    public const string EnvironmentVariable = "TERRADEV_API_KEY";
    public const string FileName = "admin.key";

    private readonly byte[] _adminHash;

    public ApiKeys(IConfiguration configuration, IOptions<TerradevOptions> options)
    {
        var configured = configuration[EnvironmentVariable];
        Admin = string.IsNullOrWhiteSpace(configured)
            ? SecretFile.ReadOrCreate(Path.Combine(options.Value.EnsureDataDirectory(), FileName), () => "td_" + RandomNumberGenerator.GetHexString(48, lowercase: true))
            : configured.Trim();
        _adminHash = SHA256.HashData(Encoding.UTF8.GetBytes(Admin));
    }

    /// <summary>The admin key in clear text, for the embedded client in the same process.</summary>
    public string Admin { get; }

    /// <summary>Compares in constant time.</summary>
    public bool IsAdmin(string key) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), _adminHash);
}

/// <summary><c>Authorization: Bearer &lt;key&gt;</c> on every call but health, docs and OpenAPI.</summary>
internal sealed class ApiKeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (!keys.IsAdmin(header["Bearer ".Length..].Trim()))
        {
            return Task.FromResult(AuthenticateResult.Fail("The key is not known."));
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "admin"), new Claim(ClaimTypes.Role, "admin")], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
