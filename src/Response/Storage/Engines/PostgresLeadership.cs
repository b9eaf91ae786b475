using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>Leads while a session of its own holds an advisory lock of the server.</summary>
/// <remarks>
/// A process that dies loses the lock with its connection, and another has it within <see cref="Beat"/>. One that is stopped is
/// dropped by the server after <see cref="SilenceMax"/>, and does not take itself for the leader from <see cref="SureFor"/> on,
/// which is sooner. So at no moment do two processes begin something as leaders.
/// </remarks>
public sealed partial class PostgresLeadership : ILeadership
{
    /// <summary>How often the lock is asked for or confirmed.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>How long a confirmation is good for.</summary>
    public static readonly TimeSpan SureFor = TimeSpan.FromSeconds(5);

    /// <summary>After how long the server drops a leader that says nothing.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(10);

    /// <summary>The kind of lock: "LEAD".</summary>
    private const int LeaderLock = 0x4C454144;

    private readonly string _connectionString;
    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ends = new();
    private readonly Lock _gate = new();
    private readonly Task _running;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _confirmed;
    private int _isEnding;

    /// <summary>Begins to run for it.</summary>
    /// <param name="options">Where the server is.</param>
    /// <param name="clock">Real time.</param>
    /// <param name="logger">Told when the lead changes hands.</param>
    public PostgresLeadership(PostgresOptions options, TimeProvider clock, ILogger<PostgresLeadership> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock;
        _logger = logger;
        _name = options.SchemaPrefix;
        var text = options.Builder("public");
        text.Pooling = false;
        text.Timeout = (int)SureFor.TotalSeconds;
        text.CommandTimeout = (int)SureFor.TotalSeconds;
        text.Options += string.Create(CultureInfo.InvariantCulture, $" -c idle_session_timeout={(long)SilenceMax.TotalMilliseconds}");
        _connectionString = text.ConnectionString;
        _running = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public bool IsLeader
    {
        get
        {
            lock (_gate)
                return _confirmed is { } at && _clock.GetElapsedTime(at) < SureFor;
        }
    }

    /// <inheritdoc/>
    public async Task BecomesAsync(bool isLeader, CancellationToken cancel)
    {
        while (true)
        {
            Task change;
            lock (_gate)
                change = _changed.Task;
            if (IsLeader == isLeader)
                return;
            // A confirmation also ends by itself, which nobody announces.
            await Task.WhenAny(change, Task.Delay(Beat, _clock, cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 1)
            return;
        await _ends.CancelAsync();
        await _running;
        _ends.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ends.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(_connectionString);
                await connection.OpenAsync(_ends.Token);
                await HoldAsync(connection);
            }
            catch (OperationCanceledException) when (_ends.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException or OperationCanceledException)
            {
                LeadUnknown(_logger, fault);
            }
            Confirm(null);
            await Task.Delay(Beat, _clock, _ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Confirm(null);
    }

    private async Task HoldAsync(NpgsqlConnection connection)
    {
        await using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT pg_try_advisory_lock(@kind, hashtext(@name))";
        ask.Parameters.AddWithValue("@kind", LeaderLock);
        ask.Parameters.AddWithValue("@name", _name);
        await using var beat = connection.CreateCommand();
        beat.CommandText = "SELECT 1";
        var isHeld = false;
        while (true)
        {
            var asked = _clock.GetTimestamp();
            if (isHeld)
                await beat.ExecuteScalarAsync(_ends.Token);
            else
                isHeld = await ask.ExecuteScalarAsync(_ends.Token) is true;
            // Good from when it was asked, not from when the answer was read.
            Confirm(isHeld ? asked : null);
            await Task.Delay(Beat, _clock, _ends.Token);
        }
    }

    private void Confirm(long? at)
    {
        TaskCompletionSource? changed = null;
        lock (_gate)
        {
            if (at is null != _confirmed is null)
                (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _confirmed = at;
        }
        if (changed is null)
            return;
        LeadChanged(_logger, at is null ? "no longer runs" : "runs");
        changed.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This process {Verb} deadlines, the outbox and daily jobs.")]
    private static partial void LeadChanged(ILogger logger, string verb);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session that holds the lead was lost; it is tried again.")]
    private static partial void LeadUnknown(ILogger logger, Exception fault);
}
