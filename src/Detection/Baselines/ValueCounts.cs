namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// How often each of a few values was seen, in a fixed number of slots, with the mass of values that had no slot.
/// </summary>
/// <remarks>
/// A view over the owner's memory. When the slots are full the rarest value loses its slot (Space-Saving, Metwally et al. 2005)
/// but, unlike there, the newcomer starts from its own count: here an overestimate would hide a novelty. Keys are the low 32 bits
/// of a <see cref="Ingest.Events.StableHash"/>, 0 meaning a free slot.
/// </remarks>
/// <param name="keys">Slot keys.</param>
/// <param name="counts">Decayed counts, aligned with the keys.</param>
/// <param name="totals">Two numbers: decayed count of everything, decayed count of what was new when it came.</param>
internal readonly ref struct ValueCounts(Span<uint> keys, Span<float> counts, Span<float> totals)
{
    private readonly Span<uint> _keys = keys;
    private readonly Span<float> _counts = counts;
    private readonly Span<float> _totals = totals;

    /// <summary>Decayed number of observations.</summary>
    public float Total => _totals[0];

    /// <summary>Whether the value holds a slot.</summary>
    public bool Knows(uint key) => _keys.Contains(key);

    /// <summary>
    /// Surprise in nats: how much rarer the value (or, for an unknown one, novelty itself) is than a value drawn from this
    /// distribution usually is. 0 for anything as common as usual, whatever the number of values.
    /// </summary>
    public double Surprise(uint key) => Surprise(key, out _);

    /// <summary>The same, and whether the value holds a slot.</summary>
    public double Surprise(uint key, out bool isKnown)
    {
        var total = _totals[0];
        var slot = _keys.IndexOf(key);
        isKnown = slot >= 0;
        if (total <= 0)
            return 0;
        var seen = slot >= 0 ? _counts[slot] : _totals[1];
        var probability = (seen + 0.5) / (total + 1);
        return Math.Max(0, Math.Log(UsualProbability() / probability));
    }

    /// <summary>The most frequent value's key; 0 when nothing is known.</summary>
    public uint Usual()
    {
        var best = 0;
        for (var slot = 1; slot < _counts.Length; slot++)
        {
            if (_counts[slot] > _counts[best])
                best = slot;
        }
        return _keys[best];
    }

    /// <summary>Learns a value with a weight above 0.</summary>
    public void Learn(uint key, float weight)
    {
        _totals[0] += weight;
        var slot = _keys.IndexOf(key);
        if (slot < 0)
        {
            _totals[1] += weight;
            slot = Rarest();
            _keys[slot] = key;
            _counts[slot] = 0;
        }
        _counts[slot] += weight;
    }

    /// <summary>Lets everything fade by a factor.</summary>
    public void Decay(float factor)
    {
        System.Numerics.Tensors.TensorPrimitives.Multiply(_counts, factor, _counts);
        System.Numerics.Tensors.TensorPrimitives.Multiply(_totals, factor, _totals);
    }

    /// <summary>Expected probability of a draw, the sum of squared probabilities (Simpson), with novelty spread thinly.</summary>
    private double UsualProbability()
    {
        double total = _totals[0];
        var squares = System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(_counts);
        return Math.Max(squares / (total * total), 1.0 / (4 * _counts.Length));
    }

    private int Rarest()
    {
        var free = _keys.IndexOf(0u);
        return free >= 0 ? free : System.Numerics.Tensors.TensorPrimitives.IndexOfMin<float>(_counts);
    }
}
