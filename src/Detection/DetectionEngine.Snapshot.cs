using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <content>Snapshots: the whole state with the versions that must match, so that a mismatch is refused, never silently scored.</content>
public sealed partial class DetectionEngine
{
    private const uint Magic = 0x53_48_44_45;

    /// <summary>Grows when the layout of any state or the meaning of any feature changes.</summary>
    private const int FormatVersion = 10;

    /// <summary>The format before: tables kept their entities at places of their own, which are of no matter now.</summary>
    private const int EarlierVersion = 9;

    /// <inheritdoc/>
    public void SavePermissions(BinaryWriter writer)
    {
        foreach (var rules in _ruleSets.OfType<ConsentRules>())
            rules.SavePermissions(writer);
    }

    /// <inheritdoc/>
    public void Save(Stream destination)
    {
        using var writer = new BinaryWriter(destination, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(FormatVersion);
        writer.Write(OptionsHash(_options));
        writer.Write(_eventCount);
        writer.Write(_firstAtMs);
        writer.Write(_newestMs);
        _names.Save(writer);
        _features.Save(writer);
        foreach (var slot in _slots)
        {
            slot.Detector.Save(writer);
            slot.Calibrators.Save(writer);
        }
        _combiner.Save(writer);
        _persistence.Save(writer);
        _budget.Save(writer);
        _guarantee.Save(writer);
        Scored();
        _scorecards.Save(writer);
        foreach (var scored in _scoredCounts)
            writer.Write(scored);
        _series.Save(writer);
        foreach (var rules in _ruleSets)
            rules.Save(writer);
        _written.Save(writer);
        _desk.Save(writer);
        writer.Write(Magic);
    }

    /// <summary>Reads an engine saved by <see cref="Save"/>.</summary>
    /// <exception cref="InvalidDataException">The snapshot is damaged, of another version, or saved under other options.</exception>
    public static DetectionEngine Load(
        Stream source, DetectionOptions options, PeerBaseline? shared = null, StagedRules? written = null)
    {
        using var reader = new BinaryReader(source, Encoding.UTF8, leaveOpen: true);
        var engine = new DetectionEngine(options, shared, written);
        try
        {
            engine.LoadHeader(reader);
            engine.LoadBody(reader);
            if (reader.ReadUInt32() != Magic)
                throw new InvalidDataException("The snapshot does not end where it should.");
        }
        catch (Exception fault) when (fault is EndOfStreamException or JsonException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("The snapshot is damaged.", fault);
        }
        return engine;
    }

    private void LoadHeader(BinaryReader reader)
    {
        if (reader.ReadUInt32() != Magic)
            throw new InvalidDataException("This is not a detection snapshot.");
        var version = reader.ReadInt32();
        if (version is not (FormatVersion or EarlierVersion))
            throw new InvalidDataException(
                $"The snapshot has format {version}, this program reads formats {EarlierVersion} and {FormatVersion}.");
        if (reader.ReadUInt64() != OptionsHash(_options))
            throw new InvalidDataException("The snapshot was saved under other detection options; start afresh or restore the options.");
        _eventCount = reader.ReadInt64();
        _firstAtMs = reader.ReadInt64();
        _newestMs = reader.ReadInt64();
    }

    private void LoadBody(BinaryReader reader)
    {
        _names.Load(reader);
        _features.Load(reader);
        foreach (var slot in _slots)
        {
            slot.Detector.Load(reader);
            slot.Calibrators.Load(reader);
        }
        _combiner.Load(reader);
        _persistence.Load(reader);
        _budget.Load(reader);
        _guarantee.Load(reader);
        _scorecards.Load(reader);
        ApplyStages();
        for (var slot = 0; slot < _slots.Length; slot++)
            _scoredCounts[slot] = reader.ReadInt64();
        _series.Load(reader);
        foreach (var rules in _ruleSets)
            rules.Load(reader);
        _written.Load(reader);
        _desk.Load(reader);
    }

    private static ulong OptionsHash(DetectionOptions options) => StableHash.Of(JsonSerializer.SerializeToUtf8Bytes(options));
}
