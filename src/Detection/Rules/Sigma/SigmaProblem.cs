namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Why a document is not accepted. Nothing of it is applied then.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
public sealed record SigmaProblem(string File, long Line, string Reason)
{
    /// <summary>File, line and reason, as compilers write them.</summary>
    public override string ToString() => $"{File}:{Line}: {Reason}";
}

/// <summary>Ends the reading of one document at a place.</summary>
internal sealed class SigmaFault(long line, string reason) : Exception(reason)
{
    public long Line { get; } = line;
}
