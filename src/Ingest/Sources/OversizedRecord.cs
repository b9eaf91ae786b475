using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Sources;

/// <summary>The refusal of a record that was too long to be held.</summary>
internal static class OversizedRecord
{
    public static RefusedRecord Refused(OversizedLine line, int bytesMax) => new(
        new Rejection(RejectionReason.TooLarge, $"The record is longer than {bytesMax} bytes.", -1), line.Bytes, line.Sha256);
}
