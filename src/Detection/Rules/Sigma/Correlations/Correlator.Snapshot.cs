namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>What a correlation remembers, written down and read back.</summary>
internal sealed partial class Correlator
{
    /// <summary>Writes all keys, the longest quiet one first.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(MatchCount);
        writer.Write(_keys.Count);
        for (var number = _keys.Oldest; number != CorrelationKeys.None; number = _keys[number].Newer)
            Save(writer, _keys[number]);
    }

    /// <summary>Reads what <see cref="Save(BinaryWriter)"/> wrote, instead of what is remembered now.</summary>
    public void Load(BinaryReader reader)
    {
        Clear();
        MatchCount = reader.ReadInt64();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var hash = reader.ReadUInt64();
            if (_keys.Count >= _context.Options.KeysMax)
                Remove(_keys.Oldest);
            var number = _keys.Add(hash);
            Load(reader, ref _keys[number]);
            if (_keys[number] is { } key && key.Evaluated < key.End)
                Await(number, _hits.Times(key)[key.Evaluated]);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _due.Clear();
        while (_keys.Oldest is var number and not CorrelationKeys.None)
        {
            _hits.Free(ref _keys[number]);
            _keys[number].DueAt = CorrelationKey.Never;
            _keys.Remove(number);
        }
        MatchCount = 0;
    }

    private void Save(BinaryWriter writer, in CorrelationKey key)
    {
        writer.Write(key.Hash);
        writer.Write(key.TouchedAt);
        writer.Write(key.MatchedAt);
        writer.Write(key.EvaluatedAt);
        WriteList(writer, _context.Texts[key.Group]);
        writer.Write(key.End - key.First);
        writer.Write(key.Evaluated - key.First);
        for (var hit = key.First; hit < key.End; hit++)
        {
            writer.Write(_hits.Times(key)[hit]);
            writer.Write(_hits.Values(key)[hit]);
            WriteList(writer, _context.Texts[_hits.IdsOf(key, hit)]);
            WriteList(writer, _context.Texts[_hits.CarriedOf(key, hit)]);
        }
    }

    private void Load(BinaryReader reader, ref CorrelationKey key)
    {
        key.TouchedAt = reader.ReadInt64();
        key.MatchedAt = reader.ReadInt64();
        key.EvaluatedAt = reader.ReadInt64();
        key.Group = ReadList(reader);
        var count = reader.ReadInt32();
        var evaluated = reader.ReadInt32();
        for (var hit = 0; hit < count; hit++)
        {
            _hits.MakeRoom(ref key);
            var read = new Hit(reader.ReadInt64(), reader.ReadInt64(), ReadList(reader), ReadList(reader));
            _hits.Insert(ref key, key.End, read);
            if (hit >= evaluated)
                continue;
            key.Evaluated = key.End;
            if (_isCountingDistinct && !IsElsewhere(key, key.End - 1))
                key.Distinct++;
        }
    }

    private static void WriteList(BinaryWriter writer, ReadOnlySpan<byte> list)
    {
        writer.Write(list.Length);
        writer.Write(list);
    }

    private int ReadList(BinaryReader reader)
    {
        var bytes = reader.ReadBytes(reader.ReadInt32());
        return _context.Texts.Add(bytes);
    }
}
