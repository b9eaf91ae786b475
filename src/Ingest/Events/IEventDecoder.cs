namespace SentinelHealth.Ingest.Events;

/// <summary>Turns the bytes of one record into an event.</summary>
public interface IEventDecoder
{
    /// <summary>Decodes one record into the caller's reusable event. Never throws on any bytes; allocates nothing when it succeeds.</summary>
    /// <returns>False with a rejection when the record is not acceptable; the event's content is then undefined.</returns>
    bool TryDecode(ReadOnlyMemory<byte> record, SentinelEvent into, out Rejection rejection);
}
