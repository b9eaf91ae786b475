using System.Numerics;
using System.Runtime.InteropServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors.Ledger;

/// <summary>
/// Many accounts doing one odd thing in the same hour: each aspect of an event is a micro-cluster, and what is counted in it is
/// not events but different accounts.
/// </summary>
/// <remarks>
/// Bursts against a key's own past from count sketches of constant size are MIDAS (Bhatia et al. 2020) on a count-min sketch
/// (Cormode and Muthukrishnan 2005). Departures: cells count distinct accounts (linear counting, Whang et al. 1990, over 64
/// bits), so one busy account is no crowd; the aspects are explicit, where there it is collisions that blur edges into
/// groups; a key without a past is held against how many accounts the keys of its aspect usually gather; and only an account
/// new to the hour can say anything. O(aspects), two cells each; 256 KB in all, whatever the number of accounts and keys.
/// </remarks>
internal sealed class GroupBurst : IDetector
{
    /// <summary>Most aspects a schema may have.</summary>
    public const int AspectsMax = 8;

    private const int CellsPerRow = 4_096;
    private const long HourMs = 3_600_000;
    private const float HabitMin = 50;
    private const double FreeNats = 2;
    private const double OwnHours = 8, UnevennessMin = 0.1;
    private const int CrowdMin = 3;

    private readonly SharedArray<Cell> _cells = new(2 * CellsPerRow);
    private readonly LogCountHabit[] _aspects = new LogCountHabit[AspectsMax];
    private readonly string[] _partNames;

    /// <summary>Creates a cold detector over the categories of a schema.</summary>
    public GroupBurst(string name, FeatureSchema schema)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schema.Categorical.Count, AspectsMax);
        Name = name;
        _partNames = [.. schema.Categorical.Select(aspect => "accounts within an hour " + aspect)];
    }

    public string Name { get; }

    public IReadOnlyList<string> PartNames => _partNames;

    public long SizeBytes => _cells.SizeBytes + (AspectsMax * 12);

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[1];
        return Explain(observed, parts) == 0 ? null : parts[0].Surprise;
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (observed.Entity == 0)
            return 0;
        SurprisePart? most = null;
        for (var aspect = 0; aspect < _partNames.Length; aspect++)
        {
            var key = observed.Categories[aspect];
            if (key == 0 || _aspects[aspect].Weight < HabitMin)
                continue;
            var part = Judge(observed, aspect, key);
            if (most is null || part.Surprise > most.Value.Surprise)
                most = part;
        }
        if (most is null)
            return 0;
        parts[0] = most.Value;
        return 1;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0)
            return;
        var hour = (int)(observed.AtMs / HourMs);
        for (var aspect = 0; aspect < _partNames.Length; aspect++)
        {
            var key = observed.Categories[aspect];
            if (key == 0)
                continue;
            var (first, second) = Places(key, aspect);
            Add(ref _cells.Write(first), ref _aspects[aspect], hour, (observed.Entity, trust));
            Add(ref _cells.Write(second), ref _aspects[aspect], hour, (observed.Entity, trust));
        }
    }

    public void Save(BinaryWriter writer)
    {
        _cells.Save(writer);
        writer.Write(MemoryMarshal.AsBytes(_aspects.AsSpan()));
    }

    public void Load(BinaryReader reader)
    {
        _cells.Load(reader);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_aspects.AsSpan()));
    }

    private SurprisePart Judge(in Observation observed, int aspect, ulong key)
    {
        var (first, second) = Places(key, aspect);
        var hour = (int)(observed.AtMs / HourMs);
        var (ofFirst, ofSecond) =
            (With(_cells.Read(first), hour, observed.Entity), With(_cells.Read(second), hour, observed.Entity));
        // The cell fewer other keys share is the truer one; an account already counted in it brings nothing new.
        var (crowd, isNew) = ofFirst.Crowd <= ofSecond.Crowd ? ofFirst : ofSecond;
        var place = ofFirst.Crowd <= ofSecond.Crowd ? first : second;
        var (mean, unevenness) = Usual(_cells.Read(place).Habit, _aspects[aspect]);
        var nats = isNew && crowd >= CrowdMin ? Math.Max(0, Deviance(crowd, mean, 1 / unevenness) - FreeNats) : 0;
        return new(aspect, nats, Math.Round(crowd), Math.Log(1 + mean), 0, Novelty.Known);
    }

    /// <summary>How many accounts a key usually gathers in an hour, drawn to its aspect while thin, and how unevenly.</summary>
    private static (double Mean, double Unevenness) Usual(in LogCountHabit own, in LogCountHabit aspect)
    {
        var share = own.Weight / (own.Weight + OwnHours);
        var between = share * (1 - share) * (own.Mean - aspect.Mean) * (own.Mean - aspect.Mean);
        var mean = Math.Exp((share * own.Mean) + ((1 - share) * aspect.Mean)) - 1;
        return (Math.Max(0.5, mean), (share * own.Variance) + ((1 - share) * aspect.Variance) + between + UnevennessMin);
    }

    /// <summary>Of a negative binomial: how much better its own mean explains a crowd than the usual one does.</summary>
    private static double Deviance(double crowd, double mean, double evenness) => crowd <= mean
        ? 0
        : (crowd * Math.Log(crowd / mean)) - ((crowd + evenness) * Math.Log((crowd + evenness) / (mean + evenness)));

    private static (double Crowd, bool IsNew) With(in Cell cell, int hour, ulong account)
    {
        var bit = Bit(account);
        var held = cell.Hour == hour ? cell.Accounts : 0;
        return (Estimate(held | bit), (held & bit) == 0);
    }

    private static void Add(ref Cell cell, ref LogCountHabit aspect, int hour, (ulong Account, float Trust) by)
    {
        if (hour > cell.Hour)
        {
            if (cell.Accounts != 0)
            {
                var crowd = Estimate(cell.Accounts);
                cell.Habit.Learn(crowd, cell.Trust);
                aspect.Learn(crowd, cell.Trust);
            }
            (cell.Hour, cell.Accounts, cell.Trust) = (hour, 0, 1);
        }
        cell.Accounts |= Bit(by.Account);
        cell.Trust = Math.Min(cell.Trust, by.Trust);
    }

    private static ulong Bit(ulong account) => 1UL << (int)((account >> 17) & 63);

    private static double Estimate(ulong accounts) => 64 * Math.Log(64 / Math.Max(64.0 - BitOperations.PopCount(accounts), 0.5));

    private static (int First, int Second) Places(ulong key, int aspect)
    {
        var hash = (key + (ulong)aspect) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        return ((int)(hash >> 52), CellsPerRow + (int)((hash >> 20) % CellsPerRow));
    }

    /// <summary>The accounts of the open hour, and the habit of the hours before. 32 bytes.</summary>
    private struct Cell
    {
        public ulong Accounts;
        public int Hour;
        public float Trust;
        public LogCountHabit Habit;
    }
}
