using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Features;

/// <summary>
/// The texts behind keys of low-cardinality features, so that an explanation can say what would have been usual.
/// </summary>
/// <remarks>Bounded: once full, further values stay nameless and explanations say "another value". Never used for patients or records.</remarks>
public sealed class NameTable : IKeptTable
{
    private const int NamesMax = 65_536;
    private const int NameCharsMax = 128;
    private const int ConfirmedMax = 4_096;
    private SharedMap<uint, string> _names = new((_, name) => sizeof(uint) + SavedText.BytesOf(name));

    /// <summary>Keys lately found to need no name, by their low bits: spares the dictionary on nearly every event.</summary>
    private SharedArray<uint> _confirmed = new(ConfirmedMax);

    /// <summary>Creates one without names.</summary>
    public NameTable()
    {
    }

    /// <summary>The names as they are now, for a kept state.</summary>
    private NameTable(NameTable kept) => TakeOver(kept);

    long IKeptTable.SavedBytes => sizeof(int) + _names.SavedBytes;

    /// <summary>Whether a key still needs a name and there is room for it.</summary>
    public bool Wants(ulong key)
    {
        var low = (uint)key;
        if (low == 0 || _confirmed.Read((int)(low % ConfirmedMax)) == low)
            return false;
        if (_names.Count < NamesMax && !_names.ContainsKey(low))
            return true;
        _confirmed.Write((int)(low % ConfirmedMax)) = low;
        return false;
    }

    /// <summary>Remembers a name, cut to 128 characters.</summary>
    public void Add(ulong key, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _names[(uint)key] = name.Length <= NameCharsMax ? name : name[..NameCharsMax];
    }

    /// <summary>The name of a key, or "another value".</summary>
    public string Of(ulong key) => TryOf(key) ?? "another value";

    /// <summary>The name of a key, or null when it has none.</summary>
    internal string? TryOf(ulong key) => _names.TryGetValue((uint)key, out var name) ? name : null;

    /// <summary>Writes the table.</summary>
    public void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(new NameTable(this));
            return;
        }
        writer.Write(_names.Count);
        foreach (var (key, name) in _names)
        {
            writer.Write(key);
            writer.Write(name);
        }
    }

    /// <summary>Reads a table written by <see cref="Save"/>.</summary>
    public void Load(BinaryReader reader)
    {
        if (KeptTable.TryTake<NameTable>(reader, "Names were", out var kept))
        {
            TakeOver(kept);
            return;
        }
        _names.Clear();
        _confirmed = new(ConfirmedMax);
        var count = reader.ReadInt32();
        if (count is < 0 or > NamesMax)
            throw new InvalidDataException($"A name table of {count} names is over the bound of {NamesMax}.");
        for (var i = 0; i < count; i++)
            _names[reader.ReadUInt32()] = reader.ReadString();
    }

    /// <summary>What was confirmed goes along: it says of some names that they were known then, and so they are.</summary>
    private void TakeOver(NameTable other) => (_names, _confirmed) = (other._names.Share(), other._confirmed.Share());
}
