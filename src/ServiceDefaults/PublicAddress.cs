using System.Net;
using System.Net.Sockets;

namespace Terradev.ServiceDefaults;

/// <summary>Tells addresses of the internet from those of this machine and its networks, to which no stranger may send a request of ours.</summary>
public static class PublicAddress
{
    // IANA's registries of special-purpose addresses, RFC 6890.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>False for loopback, private, link-local, multicast, documentation and tunnel addresses.</summary>
    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain)) && !Special.Any(network => network.Contains(plain));
    }

    /// <summary>
    /// Connects to where a stranger's address leads, checked where the connection is made: a name may resolve to another address by then. The
    /// operator's own proxy may be anywhere, and what it lets through is its matter.
    /// </summary>
    /// <param name="mayBePrivate">Asked where an address is not of the internet: whether the operator lets that host be there.</param>
    /// <param name="refusal">The exception for a host that is refused, from what is wrong with it, such as <c>is not known</c>.</param>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, Func<string, CancellationToken, ValueTask<bool>> mayBePrivate, Func<string, string, Exception> refusal, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await ResolveAsync(host, cancellationToken);
        if (!IsProxy(host, port, context.InitialRequestMessage.RequestUri!) && !addresses.All(Is) && !await mayBePrivate(host, cancellationToken))
        {
            throw refusal(host, "is a private address");
        }

        if (addresses.Length == 0)
        {
            throw refusal(host, "is not known");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsProxy(string host, int port, Uri target) =>
        HttpClient.DefaultProxy.GetProxy(target) is { } proxy && proxy != target && proxy.Port == port && proxy.IdnHost.Trim('[', ']').Equals(host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);

    /// <summary>The addresses of a host name or of an address written as one; none where the name is not known.</summary>
    internal static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
