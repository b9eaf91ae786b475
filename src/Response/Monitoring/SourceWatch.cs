using System.Globalization;
using System.Text.Json;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Response.Monitoring;

/// <summary>
/// Notices sources that have stopped delivering, each by its own habit and by the monitor's clock: when everything is silent no
/// event moves time. What it notices becomes an event, so that it is scored, replayed and alerted on like any other.
/// </summary>
/// <remarks>Safe from many threads. Bounded: beyond <see cref="SourcesMax"/> sources further ones are not watched.</remarks>
public sealed class SourceWatch
{
    /// <summary>The source name of the monitor's own events.</summary>
    public const string OwnSource = "sentinel-monitor";

    private const int SourcesMax = 1_000;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Speaker> _speakers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _promises = new(StringComparer.Ordinal);

    /// <summary>Takes in that a source delivered something.</summary>
    public void Heard(string source, DateTimeOffset receivedAt)
    {
        if (source == OwnSource)
            return;
        lock (_gate)
        {
            if (!_speakers.TryGetValue(source, out var speaker))
            {
                if (_speakers.Count >= SourcesMax)
                    return;
                _speakers.Add(source, speaker = new Speaker());
            }
            speaker.Habit.Observe(receivedAt.ToUnixTimeMilliseconds());
            speaker.IsTold = false;
        }
    }

    /// <summary>A source promises to speak at least so often: it is told of without waiting for a habit, even when it never spoke at all.</summary>
    /// <param name="source">The source. Promising again changes nothing while it is silent.</param>
    /// <param name="within">How long it may be silent.</param>
    /// <param name="now">Silence counts from here when it has not spoken yet.</param>
    public void Promise(string source, TimeSpan within, DateTimeOffset now)
    {
        bool isNew;
        lock (_gate)
        {
            _promises[source] = within;
            isNew = !_speakers.ContainsKey(source);
        }
        if (isNew)
            Heard(source, now);
    }

    /// <summary>What there is to tell now: one record for each source that has just been silent for too long.</summary>
    public IReadOnlyList<SourceRecord> Look(DateTimeOffset now)
    {
        var nowMs = now.ToUnixTimeMilliseconds();
        var records = new List<SourceRecord>();
        lock (_gate)
        {
            foreach (var (source, speaker) in _speakers)
            {
                var isSilent = _promises.TryGetValue(source, out var within)
                    ? nowMs - speaker.Habit.LastAtMs > within.TotalMilliseconds : speaker.Habit.IsSilentAt(nowMs);
                if (speaker.IsTold || !isSilent)
                    continue;
                speaker.IsTold = true;
                records.Add(Record(source, speaker.Habit, now));
            }
        }
        return records;
    }

    internal byte[] Save()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        lock (_gate)
        {
            writer.Write(_speakers.Count);
            foreach (var (source, speaker) in _speakers)
            {
                writer.Write(source);
                writer.Write(speaker.IsTold);
                speaker.Habit.Save(writer);
            }
        }
        writer.Flush();
        return stream.ToArray();
    }

    internal void Load(byte[] saved)
    {
        using var reader = new BinaryReader(new MemoryStream(saved, writable: false));
        lock (_gate)
        {
            _speakers.Clear();
            for (var left = saved.Length == 0 ? 0 : reader.ReadInt32(); left > 0; left--)
            {
                var source = reader.ReadString();
                var speaker = new Speaker { IsTold = reader.ReadBoolean() };
                speaker.Habit.Load(reader);
                _speakers[source] = speaker;
            }
        }
    }

    private static SourceRecord Record(string source, SilenceHabit habit, DateTimeOffset now)
    {
        var last = DateTimeOffset.FromUnixTimeMilliseconds(habit.LastAtMs);
        // The same silence gives the same identifier, so that it is told once whatever restarts in between.
        var id = string.Create(CultureInfo.InvariantCulture, $"source-silent:{source}:{habit.LastAtMs}");
        var record = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["schema"] = "sentinel.ledger-transaction.v1",
            ["id"] = id,
            ["time"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["node"] = "node:monitor",
            ["actor"] = "did:ethr:0x0000000000000000000000000000000000000000",
            ["contract"] = "Monitor",
            ["method"] = "sourceSilent",
            ["status"] = "success",
            ["args"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["source"] = source,
                ["silentHours"] = Math.Round((now - last).TotalHours, 2),
                ["missing"] = Math.Round(habit.MissingAt(now.ToUnixTimeMilliseconds())),
            },
        });
        return new(record, id);
    }

    private sealed class Speaker
    {
        public SilenceHabit Habit { get; } = new();

        public bool IsTold { get; set; }
    }
}
