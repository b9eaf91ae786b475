using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SentinelHealth.Response.Ledgers;

/// <summary>The blocks of the embedded ledger in SQLite. Not thread-safe: its ledger serializes access.</summary>
internal sealed class LedgerChain(SqliteConnection connection, LedgerKey key)
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS block (
            number INTEGER PRIMARY KEY, previous_hash BLOB NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL,
            signature BLOB NOT NULL,
            action_key TEXT UNIQUE) STRICT;
        CREATE TABLE IF NOT EXISTS head (
            one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, signature BLOB NOT NULL) STRICT;
        """;

    public LedgerBlock? Head { get; private set; }

    public void CreateTables() => Execute(Schema);

    /// <summary>Reads and verifies the whole chain, handing each entry to the visitor. O(blocks), about 0.1 ms each.</summary>
    /// <exception cref="LedgerTamperedException">Names the first block that is not what was written.</exception>
    public void Verify(Action<LedgerEntry> visit)
    {
        Head = null;
        using (var command = Command("SELECT number, previous_hash, body, hash, signature, action_key FROM block ORDER BY number"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                var block = BlockOf(reader);
                visit(VerifyBlock(block, reader.IsDBNull(5) ? null : reader.GetString(5)));
                Head = block;
            }
        }
        VerifyHead();
    }

    /// <summary>Signs an entry and makes it durable, together with the signed head.</summary>
    public LedgerBlock Append(LedgerEntry entry)
    {
        var block = LedgerBlock.Sign(entry.Number, Head?.Hash ?? new byte[LedgerBlock.HashBytes], entry.ToBytes(), key);
        using var transaction = connection.BeginTransaction();
        using (var insert = Command("INSERT INTO block VALUES ($number, $previous, $body, $hash, $signature, $key)"))
        {
            insert.Transaction = transaction;
            insert.Parameters.AddWithValue("$number", block.Number);
            insert.Parameters.AddWithValue("$previous", block.PreviousHash);
            insert.Parameters.AddWithValue("$body", block.Body);
            insert.Parameters.AddWithValue("$hash", block.Hash);
            insert.Parameters.AddWithValue("$signature", block.Signature);
            insert.Parameters.AddWithValue("$key", KeyOf(entry) ?? (object)DBNull.Value);
            insert.ExecuteNonQuery();
        }
        using (var head = Command("INSERT INTO head VALUES (1, $number, $signature) ON CONFLICT DO UPDATE SET number = $number, signature = $signature"))
        {
            head.Transaction = transaction;
            head.Parameters.AddWithValue("$number", block.Number);
            head.Parameters.AddWithValue("$signature", key.Sign(HeadMessage(block.Hash)));
            head.ExecuteNonQuery();
        }
        transaction.Commit();
        return Head = block;
    }

    /// <summary>The containment under a key, or null.</summary>
    public LedgerBlock? Find(string actionKey)
    {
        using var command = Command("SELECT number, previous_hash, body, hash, signature FROM block WHERE action_key = $key");
        command.Parameters.AddWithValue("$key", actionKey);
        using var reader = command.ExecuteReader();
        return reader.Read() ? BlockOf(reader) : null;
    }

    /// <summary>A block that is there.</summary>
    public LedgerBlock At(long number)
    {
        using var command = Command("SELECT number, previous_hash, body, hash, signature FROM block WHERE number = $number");
        command.Parameters.AddWithValue("$number", number);
        using var reader = command.ExecuteReader();
        return reader.Read() ? BlockOf(reader) : throw new LedgerTamperedException($"Block {number} of the ledger is missing.");
    }

    private LedgerEntry VerifyBlock(LedgerBlock block, string? actionKey)
    {
        var expectedNumber = (Head?.Number ?? -1) + 1;
        if (block.Number != expectedNumber)
            throw new LedgerTamperedException($"Block {expectedNumber} of the ledger is missing.");
        if (!block.PreviousHash.AsSpan().SequenceEqual(Head?.Hash ?? new byte[LedgerBlock.HashBytes]))
            throw Tampered(block, "does not follow from the block before it");
        if (!block.Hash.AsSpan().SequenceEqual(LedgerBlock.HashOf(block.Number, block.PreviousHash, block.Body)))
            throw Tampered(block, "does not match its hash");
        if (!key.Verify(block.Hash, block.Signature))
            throw Tampered(block, "is not signed by this ledger's key");
        var entry = Parse(block);
        if (entry.Number != block.Number || KeyOf(entry) != actionKey)
            throw Tampered(block, "is filed under another number or key than it holds");
        return entry;
    }

    /// <summary>A chain of hashes cannot tell that its last blocks are gone; the signed head can.</summary>
    private void VerifyHead()
    {
        using var command = Command("SELECT number, signature FROM head");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            if (Head is not null)
                throw new LedgerTamperedException($"The signed head of the ledger is missing; block {Head.Number} may not be the last.");
            return;
        }
        var number = reader.GetInt64(0);
        if (Head is null || number != Head.Number || !key.Verify(HeadMessage(Head.Hash), reader.GetFieldValue<byte[]>(1)))
            throw new LedgerTamperedException($"The ledger ends at block {Head?.Number ?? -1}, but its signed head is block {number}.");
    }

    private static LedgerEntry Parse(LedgerBlock block)
    {
        try
        {
            return LedgerEntry.FromBytes(block.Body);
        }
        catch (JsonException fault)
        {
            throw new LedgerTamperedException($"Block {block.Number} of the ledger is not an entry.", fault);
        }
    }

    private static LedgerTamperedException Tampered(LedgerBlock block, string how) => new($"Block {block.Number} of the ledger {how}.");

    private static string? KeyOf(LedgerEntry entry) => entry.IsContainment ? entry.Order!.Key : null;

    /// <summary>Domain separation: a block's own signature must not pass for a head's.</summary>
    private static byte[] HeadMessage(byte[] hash) => SHA256.HashData([.. "head"u8, .. hash]);

    private static LedgerBlock BlockOf(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3),
        reader.GetFieldValue<byte[]>(4));

    private void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
