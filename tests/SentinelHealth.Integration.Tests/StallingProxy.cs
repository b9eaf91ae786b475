using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Integration.Tests;

/// <summary>Where a proxy loses the connection.</summary>
public enum StallPoint
{
    /// <summary>The transaction never reaches the node.</summary>
    BeforeTheNode,

    /// <summary>The node has it, the answer never comes back.</summary>
    BeforeTheAnswer,
}

/// <summary>A wire between program and node that goes dead at the first transaction to a contract, until it is mended.</summary>
internal sealed class StallingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _node;
    private readonly StallPoint _point;
    private readonly string _contract;
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ends = new();
    private volatile bool _isMended;

    private StallingProxy(WebApplication app, Uri node, (StallPoint Point, string Contract) stall)
    {
        (_app, _point, _contract) = (app, stall.Point, stall.Contract);
        _node = new HttpClient { BaseAddress = node };
    }

    public Uri Endpoint => new(
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Completes when the first transaction is stuck.</summary>
    public Task Stalled => _stalled.Task;

    public static async Task<StallingProxy> StartAsync(Uri node, StallPoint point, string contract)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var proxy = new StallingProxy(app, node, (point, contract));
        app.MapPost("/", proxy.ForwardAsync);
        await app.StartAsync();
        return proxy;
    }

    public void Mend() => _isMended = true;

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _app.DisposeAsync();
        _node.Dispose();
        _ends.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = await reader.ReadToEndAsync();
        var isStuck = !_isMended && request.Contains("eth_sendTransaction", StringComparison.Ordinal)
            && request.Contains(_contract, StringComparison.OrdinalIgnoreCase);
        if (isStuck && _point == StallPoint.BeforeTheNode)
        {
            await StallAsync(context);
            return;
        }
        using var content = new StringContent(request, Encoding.UTF8, "application/json");
        using var answer = await _node.PostAsync("/", content);
        var body = await answer.Content.ReadAsStringAsync();
        if (isStuck)
        {
            await StallAsync(context);
            return;
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private async Task StallAsync(HttpContext context)
    {
        _stalled.TrySetResult();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_ends.Token, context.RequestAborted);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
