using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Streams.Aspects;

/// <summary>Counts of every aspect, and what they say about a row: bursts and rarities.</summary>
/// <remarks>
/// The sketch family of MIDAS, MStream and AnoEdge (Bhatia et al. 2020-2023) with the groups made explicit: those methods profit
/// from hash collisions that happen to blur single edges into groups; here the groups are aspects of their own and collisions are
/// rare. Rarity is minus the log of the share of the ticks learned from that a key was seen in. O(aspects) a row.
/// </remarks>
internal sealed class AspectCounts
{
    /// <summary>Numbers fall into few buckets, so their sketches are small.</summary>
    private const int NumberCells = 256;

    /// <summary>The one key of all rows.</summary>
    private const int AllCells = 2;

    private readonly StreamOptions _options;
    private readonly Aspect[] _aspects;
    private readonly CountSketch[] _sketches;
    private readonly ulong[] _keys;
    private TickClock _clock;

    public AspectCounts(FeatureSchema schema, StreamOptions options)
    {
        _options = options;
        _aspects = Aspect.Of(schema);
        // Without a clock a number's rarity is what its column's tail already says.
        if (options.Clock == StreamClock.None)
            _aspects = [.. _aspects.Where(a => a.Kind is AspectKind.Category or AspectKind.Pair or AspectKind.Categories)];
        _sketches = [.. _aspects.Select((aspect, i) => new CountSketch(CellsOf(aspect), options.Seed + (ulong)i))];
        _keys = new ulong[_aspects.Length];
    }

    public ReadOnlySpan<Aspect> Aspects => _aspects;

    public long SizeBytes => _sketches.Sum(sketch => sketch.SizeBytes) + (_keys.Length * sizeof(ulong)) + 40;

    /// <summary>What a row at this time weighs: rows of one tick share its say, so that a flood of them cannot outvote
    /// hours.</summary>
    public double WeightAt(long atMs) =>
        _options.Clock == StreamClock.None || TickOf(atMs) != _clock.Tick
            ? 1
            : 1.0 / (_clock.RowsThisTick + 1);

    /// <summary>Writes how far each aspect of a row bursts and how rare it is, in nats.</summary>
    public void Judge(in Observation observed, double countedShare, Span<double> bursts, Span<double> rarities)
    {
        var tick = TickOf(observed.AtMs);
        var ticks = LearnedTicks(tick);
        for (var i = 0; i < _aspects.Length; i++)
        {
            var key = _keys[i] = _aspects[i].KeyOf(observed);
            if (key == 0)
            {
                (bursts[i], rarities[i]) = (0, 0);
                continue;
            }
            ref readonly var cell = ref _sketches[i].Find(key);
            bursts[i] = _options.Clock == StreamClock.None ? 0 : cell.Burst(tick, countedShare, _options);
            rarities[i] = _aspects[i].Kind == AspectKind.All ? 0 : Math.Max(0, Math.Log((ticks + 1) / (cell.Presence + 0.5)));
        }
    }

    /// <summary>Counts the row that was judged last.</summary>
    public void Learn(long atMs, float trust)
    {
        var tick = TickOf(atMs);
        var doubles = _clock.Advance(_options.Clock == StreamClock.None ? _clock.Rows : atMs, TickMs);
        for (var i = 0; i < _sketches.Length; i++)
        {
            if (_keys[i] != 0)
                _sketches[i].Add(_keys[i], tick, trust, _options);
        }
        if (!doubles || _options.Clock == StreamClock.None)
            return;
        foreach (var sketch in _sketches)
            sketch.Coarsen();
    }

    public void Save(BinaryWriter writer)
    {
        SnapshotStructs.Write(writer, _clock);
        foreach (var sketch in _sketches)
            sketch.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        SnapshotStructs.Read(reader, ref _clock);
        foreach (var sketch in _sketches)
            sketch.Load(reader);
    }

    /// <summary>Ticks that taught anything; without a clock, rows.</summary>
    private double LearnedTicks(int tick) =>
        _options.Clock == StreamClock.None ? Math.Min(tick, _options.HorizonTicks) : _sketches[0].Find(1).Presence;

    private long TickMs => _options.Clock == StreamClock.None ? 1 : _options.TickMs;

    /// <summary>Without a clock each row is a tick: presence is then the plain frequency.</summary>
    private int TickOf(long atMs) => _options.Clock == StreamClock.None
        ? (int)Math.Min(int.MaxValue / 2, _clock.Rows + 1)
        : _clock.TickOf(atMs, _options.TickMs);

    private int CellsOf(Aspect aspect) => aspect.Kind switch
    {
        AspectKind.All => AllCells,
        AspectKind.Number => NumberCells,
        _ => _options.SketchCells,
    };
}
