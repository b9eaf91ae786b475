namespace SentinelHealth.Detection.Explanation;

/// <summary>What one detector thought of the current event.</summary>
/// <param name="Slot">Index of the detector's slot.</param>
/// <param name="Raw">Its raw score, in nats.</param>
/// <param name="PValue">The calibrated p-value of it.</param>
/// <param name="Evidence">Its share of the combined evidence, in nats; 0 when unremarkable.</param>
/// <param name="ShadowEvidence">What the share would be if the detector were not in shadow; 0 for others.</param>
internal readonly record struct EvidenceItem(int Slot, double Raw, double PValue, double Evidence, double ShadowEvidence = 0);
