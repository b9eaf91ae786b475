using System.Buffers.Text;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>
/// The texts that a correlation takes from the events of one of the rules below it: those of its key, those it measures, and those that a correlation
/// further up asks for.
/// </summary>
internal sealed class CorrelationSlots
{
    private readonly List<string> _names;

    public CorrelationSlots(SigmaCorrelation correlation)
    {
        GroupCount = correlation.GroupBy.Count;
        ValueCount = correlation.ValueFields.Count;
        _names = [.. correlation.GroupBy, .. correlation.ValueFields];
    }

    public int GroupCount { get; }

    public int ValueCount { get; }

    public int Count => _names.Count;

    public int CarriedCount => Count - GroupCount - ValueCount;

    public IReadOnlyList<string> Names => _names;

    /// <summary>The slot of the key's part, or of a value that is kept with each hit, for a correlation further up.</summary>
    public int SlotFor(string name)
    {
        var group = _names.IndexOf(name, 0, GroupCount);
        if (group >= 0)
            return group;
        var carried = _names.IndexOf(name, GroupCount + ValueCount);
        if (carried >= 0)
            return carried;
        _names.Add(name);
        return Count - 1;
    }
}

/// <summary>One event's texts for <see cref="CorrelationSlots"/>. Used again and again by one correlation.</summary>
internal sealed class CorrelationTexts(CorrelationSlots slots)
{
    private readonly List<(int Start, int Length)> _texts = [];
    private ByteBuffer _bytes = new();
    private ByteBuffer _list = new();

    public void Clear()
    {
        _texts.Clear();
        _bytes.Clear();
    }

    /// <summary>Adds the text of the next slot.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        _texts.Add((_bytes.Length, text.Length));
        _bytes.Write(text);
    }

    /// <summary>States that the next slot has no text.</summary>
    public void AddMissing() => _texts.Add((0, -1));

    /// <summary>Whether the key and everything measured are there. An event without is no hit.</summary>
    public bool IsComplete
    {
        get
        {
            for (var slot = 0; slot < slots.GroupCount + slots.ValueCount; slot++)
            {
                if (_texts[slot].Length < 0)
                    return false;
            }
            return true;
        }
    }

    /// <summary>What tells keys apart.</summary>
    public ulong GroupHash => HashOf(0, slots.GroupCount);

    /// <summary>What tells measured values apart.</summary>
    public ulong ValueHash => HashOf(slots.GroupCount, slots.ValueCount);

    /// <summary>The measured number; false when it is none.</summary>
    public bool TryNumber(out double number)
    {
        var text = Text(slots.GroupCount);
        return Utf8Parser.TryParse(text, out number, out var consumed) && consumed == text.Length && double.IsFinite(number);
    }

    /// <summary>The texts of the key as a list.</summary>
    public ReadOnlySpan<byte> GroupList() => ListOf(0, slots.GroupCount);

    /// <summary>The texts that are kept with the hit as a list; one that is missing is empty.</summary>
    public ReadOnlySpan<byte> CarriedList() => ListOf(slots.GroupCount + slots.ValueCount, slots.CarriedCount);

    private ReadOnlySpan<byte> Text(int slot) => _bytes.Written.Slice(_texts[slot].Start, Math.Max(0, _texts[slot].Length));

    private ulong HashOf(int from, int count)
    {
        var hash = (ulong)count;
        for (var slot = from; slot < from + count; slot++)
            hash = StableHash.Combine(hash, StableHash.Of(Text(slot)));
        return hash;
    }

    private ReadOnlySpan<byte> ListOf(int from, int count)
    {
        _list.Clear();
        for (var slot = from; slot < from + count; slot++)
            TextLists.Append(ref _list, Text(slot));
        return _list.Written;
    }
}
