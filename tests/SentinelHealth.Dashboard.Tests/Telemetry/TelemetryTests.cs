using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Telemetry;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Tests.Telemetry;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_collector_reads_counters_histograms_and_what_is_true_now()
    {
        using var book = new MetricsBook();
        using var meter = new Meter("SentinelHealth.Test");
        meter.CreateCounter<long>("sentinel.test.things", "{thing}", "Things.").Add(2, new KeyValuePair<string, object?>("kind", "a\"b\\c\nd"));
        var time = meter.CreateHistogram<double>("sentinel.test.duration", "s", "Time.");
        time.Record(0.02);
        time.Record(3);
        await using var server = await TestServer.StartAsync();
        server.Monitor.Nodes.Add(new NodeStatus("node:a", "a", Sample.At, 1, IsValidator: true, IsQuarantined: false, IsSilent: true));

        var text = book.Write([]);
        using var collector = server.Client(Roles.Metrics);
        using var answer = await collector.GetAsync("/metrics");
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Contains("# TYPE sentinel_test_things_total counter\nsentinel_test_things_total{kind=\"a\\\"b\\\\c\\nd\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("sentinel_test_duration_seconds_bucket{le=\"0.01\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("sentinel_test_duration_seconds_bucket{le=\"0.025\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("sentinel_test_duration_seconds_bucket{le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("sentinel_test_duration_seconds_sum 3.02\n", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("sentinel_ledger_head_block{ledger=\"embedded\"} 7\n", page, StringComparison.Ordinal);
        // This host carries nothing out.
        Assert.DoesNotContain("sentinel_leads", page, StringComparison.Ordinal);
        Assert.Contains("sentinel_node_standing{node=\"node:a\",standing=\"silent\"} 1\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sentinel.ingest.sent", "{record}", "sentinel_events_ingested_total")]
    [InlineData("sentinel.ingest.dropped", "{record}", "sentinel_event_dedup_total")]
    [InlineData("sentinel.ingest.failed", "{record}", "sentinel_dlq_total")]
    [InlineData("sentinel.response.alerts", "{alert}", "sentinel_alerts_total")]
    [InlineData("sentinel.response.actions.changed", "{action}", "sentinel_response_actions_total")]
    [InlineData("sentinel.rules.reloads", "{reload}", "sentinel_rules_reloads_total")]
    [InlineData("sentinel.test.size", "By", "sentinel_test_size_bytes_total")]
    public void Counters_have_the_names_that_are_promised(string instrument, string unit, string name)
    {
        using var meter = new Meter("SentinelHealth.Names");

        Assert.Equal(name, MetricNames.Of(meter.CreateCounter<long>(instrument, unit)));
    }

    [Fact]
    public void Series_are_bounded_and_what_is_beyond_is_counted()
    {
        using var book = new MetricsBook();
        using var meter = new Meter("SentinelHealth.Flood");
        var counter = meter.CreateCounter<long>("sentinel.test.flood");
        for (var i = 0; i < MetricsBook.SeriesMax + 10; i++)
            counter.Add(1, new KeyValuePair<string, object?>("source", i));

        var lines = book.Write([]).Split('\n');

        Assert.True(lines.Count(line => line.StartsWith("sentinel_test_flood", StringComparison.Ordinal)) <= MetricsBook.SeriesMax);
        Assert.DoesNotContain("sentinel_metrics_dropped_total 0", lines);
    }

    [Fact]
    public async Task Measurements_reach_a_collector_that_speaks_OTLP()
    {
        var received = new ConcurrentQueue<(string Path, string Type, string Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.Enqueue((request.Path, request.ContentType ?? "", Encoding.Latin1.GetString(body.ToArray())));
        });
        await collector.StartAsync();
        var features = collector.Services.GetRequiredService<IServer>().Features;
        var address = features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var export = new TelemetryExport(new TelemetrySection { OtlpEndpoint = new Uri(address + "/v1/metrics"), Interval = TimeSpan.FromHours(1) });
        await export.StartAsync(TestContext.Current.CancellationToken);
        using var meter = new Meter("SentinelHealth.Exported");
        meter.CreateCounter<long>("sentinel.test.exported").Add(3);

        await export.StopAsync(TestContext.Current.CancellationToken);

        Assert.Contains(received, delivery => delivery.Type == "application/x-protobuf"
            && delivery.Body.Contains("sentinel.test.exported", StringComparison.Ordinal));
    }
}
