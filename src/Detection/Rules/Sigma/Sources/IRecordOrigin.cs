namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>What records of one shape say of their origin.</summary>
internal interface IRecordOrigin
{
    /// <summary>Fields that tell the origin: records that have the same values in them fit the same log sources.</summary>
    int[] Fields { get; }

    /// <summary>Whether a log source can mean this record.</summary>
    bool Fits(SigmaLogSource source, SigmaRecord record);
}
