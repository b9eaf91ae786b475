using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Reads topics as a member of a consumer group.</summary>
/// <remarks>
/// A partition's position moves only once the intake has made its records durable: a crash, or a rebalance in between, repeats
/// records, and the log recognizes them. Two batches are held at most; while the intake takes none, the partitions are paused and
/// membership goes on. Records of a lost partition that were not handed over are dropped; those under way are not committed. Faults
/// of the intake, and of the membership for good, end <see cref="RunAsync"/>; it may be run again.
/// </remarks>
public sealed class KafkaSource : ISource
{
    private readonly KafkaConnection _connection;
    private readonly KafkaSourceOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<KafkaSource> _logger;

    /// <summary>A source that is not yet reading.</summary>
    /// <param name="connection">The brokers.</param>
    /// <param name="options">The topics and the bounds.</param>
    /// <param name="clock">Ends the filling of a batch.</param>
    /// <param name="logger">Told of rebalances, pauses and faults.</param>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    public KafkaSource(KafkaConnection connection, KafkaSourceOptions options, TimeProvider clock, ILogger<KafkaSource> logger)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(connection, new ValidationContext(connection), validateAllProperties: true);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        (_connection, _options, _clock, _logger) = (connection, options, clock, logger);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    /// <exception cref="IOException">The membership ended for good, or a topic cannot be read.</exception>
    public async Task RunAsync(IIntake intake, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intake);
        try
        {
            await Task.Factory.StartNew(
                () =>
                {
                    using var member = new SourceMember(_connection, _options, _clock, _logger);
                    member.Run(intake, cancel);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (KafkaException fault)
        {
            throw new IOException($"Source {Name} cannot read its topics: {fault.Error.Reason}", fault);
        }
    }
}
