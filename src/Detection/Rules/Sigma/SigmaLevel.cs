namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>How bad a match is, as rule authors say it.</summary>
public enum SigmaLevel
{
    /// <summary>Not stated.</summary>
    None,

    /// <summary>Of interest beside other things only.</summary>
    Informational,

    /// <summary>Notable, rarely an incident.</summary>
    Low,

    /// <summary>Worth a look.</summary>
    Medium,

    /// <summary>Should be looked at soon.</summary>
    High,

    /// <summary>Should be looked at now.</summary>
    Critical,
}
