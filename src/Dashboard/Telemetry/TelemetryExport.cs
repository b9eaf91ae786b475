using System.ComponentModel.DataAnnotations;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace SentinelHealth.Dashboard.Telemetry;

/// <summary>Where measurements are sent.</summary>
internal sealed record TelemetrySection
{
    /// <summary>Address of a collector for metrics in OTLP over HTTP, such as <c>http://collector:4318/v1/metrics</c>; empty to send nothing.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Time between two deliveries.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Sends what is measured to an OpenTelemetry collector. A collector that is away costs measurements, never the monitor.</summary>
internal sealed class TelemetryExport(TelemetrySection section) : IHostedService, IDisposable
{
    private const int FlushMilliseconds = 5_000;

    private MeterProvider? _meters;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (section.OtlpEndpoint is not { } endpoint)
            return Task.CompletedTask;
        _meters = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("sentinel"))
            .AddMeter("SentinelHealth.*", "Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = endpoint;
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)section.Interval.TotalMilliseconds;
            })
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _meters?.ForceFlush(FlushMilliseconds);
        return Task.CompletedTask;
    }

    public void Dispose() => _meters?.Dispose();
}
