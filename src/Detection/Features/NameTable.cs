namespace SentinelHealth.Detection.Features;

/// <summary>
/// The texts behind keys of low-cardinality features, so that an explanation can say what would have been usual.
/// </summary>
/// <remarks>Bounded: once full, further values stay nameless and explanations say "another value". Never used for patients or records.</remarks>
public sealed class NameTable
{
    private const int NamesMax = 65_536;
    private const int NameCharsMax = 128;
    private const int ConfirmedMax = 4_096;
    private readonly Dictionary<uint, string> _names = [];

    /// <summary>Keys lately found to need no name, by their low bits: spares the dictionary on nearly every event.</summary>
    private readonly uint[] _confirmed = new uint[ConfirmedMax];

    /// <summary>Whether a key still needs a name and there is room for it.</summary>
    public bool Wants(ulong key)
    {
        var low = (uint)key;
        if (low == 0 || _confirmed[low % ConfirmedMax] == low)
            return false;
        if (_names.Count < NamesMax && !_names.ContainsKey(low))
            return true;
        _confirmed[low % ConfirmedMax] = low;
        return false;
    }

    /// <summary>Remembers a name, cut to 128 characters.</summary>
    public void Add(ulong key, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _names[(uint)key] = name.Length <= NameCharsMax ? name : name[..NameCharsMax];
    }

    /// <summary>The name of a key, or "another value".</summary>
    public string Of(ulong key) => _names.GetValueOrDefault((uint)key, "another value");

    /// <summary>The name of a key, or null when it has none.</summary>
    internal string? TryOf(ulong key) => _names.GetValueOrDefault((uint)key);

    /// <summary>Writes the table.</summary>
    public void Save(BinaryWriter writer)
    {
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
        _names.Clear();
        Array.Clear(_confirmed);
        var count = reader.ReadInt32();
        if (count is < 0 or > NamesMax)
            throw new InvalidDataException($"A name table of {count} names is over the bound of {NamesMax}.");
        for (var i = 0; i < count; i++)
            _names[reader.ReadUInt32()] = reader.ReadString();
    }
}
