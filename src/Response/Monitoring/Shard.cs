using System.Text;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <summary>One partition's detectors, and what the pump remembers beside them: what moves when the partition goes to another process.</summary>
/// <remarks>Its state is a function of the partition's entries alone, so it scores alike wherever it is (I5). Not thread-safe.</remarks>
internal sealed class Shard
{
    private readonly EntityDirectory _directory;
    private readonly RecentEvents _recent;
    private (long Late, long Corrections) _counted;
    private long _heededErasures;

    public Shard(int partition, MonitorServices services, PlaybookSet playbooks, ResponseOptions response, MonitorOptions options)
    {
        Partition = partition;
        _directory = new EntityDirectory(options.EntitiesMax, options.ActiveWithin);
        _recent = new RecentEvents(options.RecentEventsMax, options.RecentBytesMax);
        Pace = new PumpPace(options, services.Clock);
        Desk = new IncidentDesk(services, playbooks, response, _directory);
        Scoring = new OrderedScoring(services.EngineFactory, services.Decoder, options.Order);
    }

    public int Partition { get; }

    /// <summary>The offset up to which everything is stored.</summary>
    public long Position { get; set; } = -1;

    /// <summary>Events scored or witnessed since its last snapshot.</summary>
    public long TakenSinceSnapshot { get; set; }

    /// <summary>When it was last told how it is doing.</summary>
    public DateTimeOffset ReportedAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Number of the last decision of people that its detectors have heard of.</summary>
    public long HeededDecision { get; set; }

    /// <summary>The tuning in force; null before the first.</summary>
    public DetectionTuning? Tuning { get; set; }

    /// <summary>How much is taken at once: what its corrections cost is its own.</summary>
    public PumpPace Pace { get; }

    public IncidentDesk Desk { get; }

    public OrderedScoring Scoring { get; }

    public RecentEvents Recent => _recent;

    /// <summary>Takes in who and what an event is about, and its record as evidence of what may come of it.</summary>
    public void Remember(SentinelEvent decoded, LogEntry entry)
    {
        _directory.Observe(decoded);
        _recent.Add(decoded.Key(TextField.Id), entry.Payload);
    }

    /// <summary>Forgets records of persons who were erased since it was last asked to.</summary>
    public void Forget(ErasedPersons? erased)
    {
        if (erased is null || erased.Count == _heededErasures)
            return;
        var (count, digests) = erased.Since(_heededErasures);
        _recent.Forget(record => digests is null
            || digests.Contains(StableHash.Of(CaseEvidence.SubjectOf(Encoding.UTF8.GetString(record.Span)))));
        _heededErasures = count;
    }

    /// <summary>After which offset reading must begin to go on from what <see cref="Save"/> writes now.</summary>
    public long ResumeOffset => Scoring.ResumeOffsets.GetValueOrDefault(Partition, Position);

    /// <summary>The whole of it, so that another process can go on. Call after settling.</summary>
    /// <param name="destination">Takes it.</param>
    /// <param name="sources">What is known of sources, when they are watched from here; null otherwise.</param>
    public void Save(Stream destination, SourceWatch? sources) => PumpState.Save(destination, _directory, sources, Scoring);

    /// <summary>Takes a snapshot up.</summary>
    /// <param name="source">It, from its beginning.</param>
    /// <param name="bytes">How large it is.</param>
    /// <param name="sources">Takes what is known of sources, when they are watched from here; null otherwise.</param>
    /// <exception cref="InvalidDataException">It is none, or not one for these detectors. The shard is not to be used then.</exception>
    public void Load(Stream source, long bytes, SourceWatch? sources) =>
        PumpState.Load(source, bytes, _directory, sources, Scoring);

    /// <summary>What has happened to the order of its events since it was asked last.</summary>
    public (long Late, long Corrections) Uncounted()
    {
        var before = _counted;
        _counted = (Scoring.LateCount, Scoring.CorrectionCount);
        return (_counted.Late - before.Late, _counted.Corrections - before.Corrections);
    }
}
