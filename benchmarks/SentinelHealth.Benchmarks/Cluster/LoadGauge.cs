using System.Globalization;
using Npgsql;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>What a cluster under load has come to at a moment.</summary>
/// <param name="At">Since the start of the run.</param>
/// <param name="Fed">Events written.</param>
/// <param name="Scored">Events scored, committed batches only.</param>
/// <param name="ProcessorTimes">By process, <c>postgres</c> among them.</param>
/// <param name="WorkingSets">Bytes, by process of the product.</param>
internal sealed record LoadSample(
    TimeSpan At, long Fed, long Scored, IReadOnlyDictionary<string, TimeSpan> ProcessorTimes,
    IReadOnlyDictionary<string, long> WorkingSets)
{
    /// <summary>Events on their way.</summary>
    public long Lag => Fed - Scored;
}

/// <summary>Looks at a cluster from outside: its processes, and its tables.</summary>
internal sealed class LoadGauge : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly PostgresServer _database;
    private readonly IReadOnlyDictionary<string, SentinelProcess> _processes;
    private readonly string _schema;
    private readonly Dictionary<string, double> _delaysSeconds = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;
    private long _scored;

    public LoadGauge(
        PostgresServer database, string schema, IReadOnlyDictionary<string, SentinelProcess> processes, LoadFeed feed)
    {
        (_database, _schema, _processes) = (database, schema, processes);
        _looking = Task.Run(() => LookAsync(feed));
    }

    /// <summary>Events scored, as of a twentieth of a second ago.</summary>
    public long Scored => Interlocked.Read(ref _scored);

    /// <summary>From the writing of an intruder's event to the moment its alert could be read by another program, by node.</summary>
    public IReadOnlyDictionary<string, double> DelaysSeconds
    {
        get
        {
            lock (_delaysSeconds)
                return new Dictionary<string, double>(_delaysSeconds);
        }
    }

    public LoadSample Sample(TimeSpan at, LoadFeed feed) => new(
        at, feed.Fed, Scored,
        _processes.ToDictionary(pair => pair.Key, pair => pair.Value.ProcessorTime)
            .Append(new("postgres", _database.ProcessorTime)).ToDictionary(),
        _processes.ToDictionary(pair => pair.Key, pair => pair.Value.WorkingSetBytes));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private async Task LookAsync(LoadFeed feed)
    {
        await using var connection = new NpgsqlConnection(PostgresServer.ConnectionString(_database.SocketFolder) + ";Pooling=false");
        await connection.OpenAsync();
        while (!_stop.IsCancellationRequested)
        {
            Interlocked.Exchange(ref _scored, await ScoredAsync(connection));
            await FindAlertsAsync(connection, feed);
            await Task.Delay(LookEvery, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<long> ScoredAsync(NpgsqlConnection connection)
    {
        await using var ask = connection.CreateCommand();
#pragma warning disable CA2100 // The run's own schema.
        ask.CommandText = $"SELECT coalesce(max(value), 0) FROM {_schema}.tally WHERE name = 'scored'";
#pragma warning restore CA2100
        return Convert.ToInt64(await ask.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Asks for those only that were not found yet.</summary>
    private async Task FindAlertsAsync(NpgsqlConnection connection, LoadFeed feed)
    {
        var intruders = feed.Intruders;
        await using var ask = connection.CreateCommand();
#pragma warning disable CA2100 // The run's own schema.
        ask.CommandText = $"SELECT DISTINCT entity_id FROM {_schema}.alert_entity WHERE entity_id = ANY(@wanted)";
#pragma warning restore CA2100
        ask.Parameters.AddWithValue("@wanted", intruders.Keys.Except(DelaysSeconds.Keys).ToArray());
        await using var rows = await ask.ExecuteReaderAsync();
        var now = DateTimeOffset.UtcNow;
        while (await rows.ReadAsync())
        {
            var node = rows.GetString(0);
            lock (_delaysSeconds)
                _delaysSeconds[node] = (now - intruders[node]).TotalSeconds;
        }
    }
}
