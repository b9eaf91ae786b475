namespace SentinelHealth.Detection.Detectors.Biometric;

/// <summary>How often something happens when it could: a faded share with a prior, and what it costs in nats when it does. 8 bytes.</summary>
internal struct EventRate
{
    private const float CasesMax = 4_096;

    private float _cases;
    private float _times;

    /// <summary>Cases learned, in effective number.</summary>
    public readonly float Cases => _cases;

    /// <summary>The share, with half a time in one case more than were seen (Krichevsky and Trofimov 1981).</summary>
    public readonly double Share => (_times + 0.5) / (_cases + 1);

    /// <summary>The surprise of one time more.</summary>
    public readonly double Nats => -Math.Log(Share);

    public void Learn(bool happened, float trust)
    {
        _cases += trust;
        _times += happened ? trust : 0;
        if (_cases > CasesMax)
            (_cases, _times) = (_cases / 2, _times / 2);
    }
}
