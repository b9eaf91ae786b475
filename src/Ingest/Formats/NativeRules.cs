using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats;

/// <summary>What a native record must hold as a whole, once each of its fields has been read.</summary>
internal static class NativeRules
{
    /// <summary>The first rule that is broken; the default when none is.</summary>
    /// <param name="read">The event as read so far.</param>
    /// <param name="format">Its format.</param>
    /// <param name="present">The bits of the fields that were there and not null.</param>
    public static Rejection Check(SentinelEvent read, NativeFormat format, ulong present)
    {
        if ((present & format.RequiredMask) != format.RequiredMask)
            return Missing(format, present);
        foreach (var field in format.Required)
            if (field.Shape == FieldShape.Text && !read.Has((TextField)field.Index))
                return new(RejectionReason.InvalidValue, $"The required field '{field.Name}' is empty.", -1);
        return format.Kind == EventKind.LedgerTransaction ? CheckLedgerTransaction(read) : CheckBiometricQuery(read);
    }

    private static Rejection Missing(NativeFormat format, ulong present)
    {
        foreach (var field in format.Required)
            if ((present & field.Bit) == 0)
                return new(RejectionReason.MissingField, $"The required field '{field.Name}' is missing or null.", -1);
        return default;
    }

    private static Rejection CheckLedgerTransaction(SentinelEvent read) =>
        read.Is(TextField.Status, "success"u8) || read.Is(TextField.Status, "reverted"u8)
            ? default
            : new(RejectionReason.InvalidValue, "The field 'status' must be success or reverted.", -1);

    private static Rejection CheckBiometricQuery(SentinelEvent read)
    {
        if (!IsOperation(read.Text(TextField.Operation)))
            return new(
                RejectionReason.InvalidValue,
                "The field 'operation' must be verify, identify, enroll, update, export, decrypt or delete.",
                -1);
        if (!IsDecision(read.Text(TextField.Decision)))
            return new(RejectionReason.InvalidValue, "The field 'decision' must be match, no-match, error or denied.", -1);
        return read.Has(TextField.Subject) || read.Number(NumberField.GallerySize) > 1
            ? default
            : new(RejectionReason.MissingField, "Either 'subject' or a 'gallerySize' above 1 is required.", -1);
    }

    private static bool IsOperation(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("verify"u8) || text.SequenceEqual("identify"u8) || text.SequenceEqual("enroll"u8)
        || text.SequenceEqual("update"u8) || text.SequenceEqual("export"u8) || text.SequenceEqual("decrypt"u8)
        || text.SequenceEqual("delete"u8);

    private static bool IsDecision(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("match"u8) || text.SequenceEqual("no-match"u8) || text.SequenceEqual("error"u8)
        || text.SequenceEqual("denied"u8);
}
