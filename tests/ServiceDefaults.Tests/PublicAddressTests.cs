using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Testing;

namespace Terradev.ServiceDefaults.Tests;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2600:9000:2000::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001::1", false)]
    public void Special_addresses_are_told_from_those_of_the_internet(string address, bool isPublic) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Theory]
    [InlineData("http://hub.invalid/", false)]
    [InlineData("http://8.8.8.8/", false)]
    [InlineData("http://127.0.0.2/", true)]
    [InlineData("http://10.0.0.1/", true)]
    public async Task A_hub_of_the_internet_leads_into_no_private_network(string hub, bool followed)
    {
        await using var inside = await FakeHub.StartAsync();
        inside.Serve("/secret", "inside");
        var services = new ServiceCollection();
        HubEndpoint.TryRead(hub, out var address).ShouldBeTrue();
        services.AddContentHttp("content", _ => new HubEndpoint(address, "token"));
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("content");

        foreach (var host in new[] { "127.0.0.1", "localhost", "[::ffff:127.0.0.1]" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(inside.Address) { Host = host, Path = "/secret" }.Uri);
            request.Options.Set(HubHttp.ReadAtMost, 3);
            if (followed)
            {
                using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
                (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("ins");
            }
            else
            {
                (await Should.ThrowAsync<HubUnavailableException>(() => client.SendAsync(request, TestContext.Current.CancellationToken))).Message.ShouldContain("private address");
            }
        }

        inside.Count("/secret").ShouldBe(followed ? 3 : 0);
        inside.Requests.ShouldAllBe(request => request.Authorization == "");
    }

    [Fact]
    public async Task A_hub_that_speaks_https_leads_to_https_alone()
    {
        await using var plain = await FakeHub.StartAsync();
        var services = new ServiceCollection();
        services.AddContentHttp("content", _ => new HubEndpoint(new Uri("https://127.0.0.1/"), null));
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("content");
        using var request = new HttpRequestMessage(HttpMethod.Get, plain.Address);
        request.Options.Set(HubHttp.ReadAtMost, 3);

        (await Should.ThrowAsync<HubUnavailableException>(() => client.SendAsync(request, TestContext.Current.CancellationToken))).Message.ShouldContain("not https");
        plain.Requests.ShouldBeEmpty();
    }
}
