namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>What records of one shape say of their origin.</summary>
internal interface IRecordOrigin
{
    /// <summary>Whether a log source can mean this record. Asked for candidates only; allocates nothing.</summary>
    bool Fits(SigmaLogSource source, SigmaRecord record);
}
