using System.Text;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>One string for each source, however many records name it. Bounded; one thread.</summary>
internal sealed class SourceNames
{
    private const int NamesMax = 1_000;

    private readonly Dictionary<ulong, (byte[] Bytes, string Text)> _names = [];

    public string Of(ReadOnlySpan<byte> name)
    {
        var key = Events.StableHash.Of(name);
        if (_names.TryGetValue(key, out var known) && name.SequenceEqual(known.Bytes))
            return known.Text;
        var text = Encoding.UTF8.GetString(name);
        if (_names.Count < NamesMax)
            _names[key] = (name.ToArray(), text);
        return text;
    }
}
