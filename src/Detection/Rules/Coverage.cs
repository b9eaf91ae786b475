namespace SentinelHealth.Detection.Rules;

/// <summary>
/// How much of what should be on the ledger really is, lately: the share of good observations over about the last 2,000.
/// </summary>
/// <remarks>
/// "Nothing on the ledger allows this" is only news while the ledger usually does allow things: a monitor started in mid-life, or
/// a network that keeps its consents elsewhere, must not alert on every access. 8 bytes.
/// </remarks>
internal struct Coverage
{
    private const float Memory = 2_000;
    private const float ObservationsMin = 100;
    private const float ShareMin = 0.9f;

    private float _good;
    private float _total;

    /// <summary>Whether absence means something: at least 100 observations, at least 90 % of them good.</summary>
    public readonly bool IsComplete => _total >= ObservationsMin && _good >= ShareMin * _total;

    /// <summary>Counts an observation.</summary>
    public void Add(bool isGood)
    {
        _total++;
        if (isGood)
            _good++;
        if (_total > Memory)
            (_good, _total) = (_good * 0.9f, _total * 0.9f);
    }
}
