using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Streams;

/// <content>Snapshots, with what must match for them to mean the same.</content>
public sealed partial class StreamDetector
{
    /// <summary>Grows when the layout of the state or the meaning of an aspect changes.</summary>
    private const int FormatVersion = 2;

    /// <inheritdoc/>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(FormatVersion);
        writer.Write(MeaningKey());
        writer.Write(_rowCount);
        _counts.Save(writer);
        _shapes.Save(writer);
        foreach (var tail in _tails)
            tail.Save(writer);
        _agreement.Save(writer);
        _gate.Save(writer);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The state is damaged, of another version, schema or configuration.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var version = reader.ReadInt32();
        if (version != FormatVersion)
            throw new InvalidDataException($"The stream detector's state has format {version}; this program reads {FormatVersion}.");
        if (reader.ReadUInt64() != MeaningKey())
            throw new InvalidDataException("The stream detector's state was saved for other columns or options.");
        _rowCount = reader.ReadInt64();
        _counts.Load(reader);
        _shapes.Load(reader);
        foreach (var tail in _tails)
            tail.Load(reader);
        _agreement.Load(reader);
        _gate.Load(reader);
    }

    /// <summary>One key for everything that gives the state its meaning.</summary>
    private ulong MeaningKey()
    {
        var key = StableHash.Of(FormattableString.Invariant($"{_options}"));
        foreach (var part in _partNames)
            key = StableHash.Combine(key, StableHash.Of(part));
        return key;
    }
}
