using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Log;

public sealed class SqliteEventLogConformanceTests : EventLogConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override ValueTask<IEventLog> OpenAsync() =>
        new(SqliteEventLog.Open(new SqliteFile(_folder.File("events.db")), new SqliteEventLogOptions(), new ManualClock()));

    protected override ValueTask CloseAsync(IEventLog log) => ((SqliteEventLog)log).DisposeAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
