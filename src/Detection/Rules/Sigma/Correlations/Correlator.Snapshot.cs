namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>What a correlation remembers, read back.</summary>
internal sealed partial class Correlator
{
    /// <summary>Reads what its <see cref="Memory"/> has written, instead of what is remembered now.</summary>
    public void Load(BinaryReader reader)
    {
        Clear();
        Memory.MatchCount = reader.ReadInt64();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var hash = reader.ReadUInt64();
            if (_keys.Count >= _context.Options.KeysMax)
                Remove(_keys.Oldest);
            var number = _keys.Add(hash);
            Load(reader, ref _keys.Change(number));
            AwaitIfItWaits(number);
        }
    }

    /// <summary>To be called when its memory has become another's.</summary>
    public void TakenOver()
    {
        _due.Clear();
        for (var number = _keys.Oldest; _context.IsWaiting && number != CorrelationKeys.None; number = _keys[number].Newer)
        {
            _keys.Change(number).DueAt = CorrelationKey.Never;
            AwaitIfItWaits(number);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _due.Clear();
        while (_keys.Oldest is var number and not CorrelationKeys.None)
        {
            _hits.Free(ref _keys.Change(number));
            _keys.Change(number).DueAt = CorrelationKey.Never;
            _keys.Remove(number);
        }
        Memory.MatchCount = 0;
    }

    private void AwaitIfItWaits(int number)
    {
        if (_keys[number] is { } key && key.Evaluated < key.End)
            Await(number, _hits.Times(key)[key.Evaluated]);
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

    private int ReadList(BinaryReader reader)
    {
        var bytes = reader.ReadBytes(reader.ReadInt32());
        return _lists.Add(bytes);
    }
}
