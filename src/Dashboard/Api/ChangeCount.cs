using System.Globalization;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Counts the monitor's changes since the start. Its identifier tells two moments apart, of one start or of two.</summary>
internal sealed class ChangeCount : IDisposable
{
    private readonly string _start = SecretToken.New("")[..8];
    private long _count;

    public ChangeCount(IMonitorStatus monitor)
    {
        Monitor = monitor;
        monitor.Changed += Count;
    }

    public IMonitorStatus Monitor { get; }

    /// <summary>This moment.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{_start}-{Interlocked.Read(ref _count)}");

    public void Dispose() => Monitor.Changed -= Count;

    private void Count() => Interlocked.Increment(ref _count);
}
