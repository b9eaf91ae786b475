using System.Net;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Tests.Security;

public sealed class DemoVisitorTests
{
    [Theory]
    [InlineData("/api/v1/alerts")]
    [InlineData("/api/v1/incidents")]
    [InlineData("/api/v1/actions")]
    [InlineData("/api/v1/network")]
    public async Task The_demonstration_answers_this_machine_without_a_token(string path)
    {
        await using var server = await TestServer.StartAsync(WebMode.Demo);
        using var visitor = server.Client();

        using var answer = await visitor.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.168.0.7:5080")]
    public async Task A_name_rebound_to_this_machine_is_refused(string host)
    {
        await using var server = await TestServer.StartAsync(WebMode.Demo);
        using var visitor = server.Client();
        visitor.DefaultRequestHeaders.Host = host;

        using var answer = await visitor.GetAsync("/api/v1/alerts");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Another_sites_page_cannot_order_anything()
    {
        await using var server = await TestServer.StartAsync(WebMode.Demo);
        using var visitor = server.Client();
        visitor.DefaultRequestHeaders.Add("Origin", "https://evil.example");

        using var answer = await visitor.PutAsync("/api/v1/kill-switch", new StringContent("{\"position\":\"on\"}"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(server.Responder.Orders);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("http://127.9.9.9:5080", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://[::]:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://+:5080", false)]
    [InlineData("http://192.168.0.7:5080", false)]
    [InlineData("http://localhost.evil.example:5080", false)]
    [InlineData("http://127.0.0.1@evil.example:5080", false)]
    [InlineData("http://unix:/run/x.sock", false)]
    [InlineData("5080", false)]
    public void Loopback_is_recognized_by_address_and_not_by_looks(string url, bool isLoopback) =>
        Assert.Equal(isLoopback, Loopback.IsLoopback(url));
}
