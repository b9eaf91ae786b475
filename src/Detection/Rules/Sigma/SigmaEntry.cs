namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A literal that is looked for, and what finding it means.</summary>
/// <param name="Atom">Number of the atom it finds.</param>
/// <param name="Literal">In lower case.</param>
/// <param name="IsExact">Whether the atom passes then; else it is to be asked.</param>
/// <param name="Rules">Rules to be looked at once the atom passes.</param>
internal sealed record SigmaEntry(int Atom, byte[] Literal, bool IsExact, int[] Rules);
