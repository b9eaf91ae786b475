namespace SentinelHealth.Ingest.Events;

/// <summary>Why a record could not become an event. The names appear in dead letters, metrics and API answers.</summary>
public enum RejectionReason
{
    /// <summary>Not rejected.</summary>
    None,

    /// <summary>Longer than the configured record limit.</summary>
    TooLarge,

    /// <summary>Nested deeper than the configured limit.</summary>
    TooDeep,

    /// <summary>Not valid UTF-8.</summary>
    NotUtf8,

    /// <summary>Not a JSON object.</summary>
    NotJson,

    /// <summary>A known field appears twice.</summary>
    DuplicateField,

    /// <summary>The schema name is missing or not one we accept.</summary>
    UnknownSchema,

    /// <summary>A required field is missing or null.</summary>
    MissingField,

    /// <summary>A field has the wrong JSON type.</summary>
    WrongType,

    /// <summary>A field has a value outside its allowed set or range.</summary>
    InvalidValue,

    /// <summary>Begins like XML and is not well-formed, or has a document type.</summary>
    NotXml,
}

/// <summary>A refused record: the reason, a sentence naming the field, and where in the record it is.</summary>
/// <param name="Reason">The closed-set reason; <see cref="RejectionReason.None"/> when the record was accepted.</param>
/// <param name="Detail">A sentence for people that names the field and what was wrong with it. Never quotes the record.</param>
/// <param name="BytePosition">Offset of the fault in the record, in bytes; -1 when it concerns the whole record.</param>
public readonly record struct Rejection(RejectionReason Reason, string Detail, long BytePosition);
