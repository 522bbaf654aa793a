using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Silo.Core.Tasks;

namespace Silo.Core.Storage;

/// <summary>Says whether two submits under one idempotency key ask for the same thing: SHA-256 over what defines the task.</summary>
/// <remarks>In it: type, queue, priority, payload bytes, retry policy, time-out, placement, parent, user, labels. Not in it: the id and the key themselves; the due
/// time, which a client that gives none gets anew with every sending; the correlation id, which names the request and not the task.
/// Stores keep the value, so a change to what goes in makes kept keys conflict.</remarks>
public static class TaskFingerprint
{
    /// <summary>32 bytes.</summary>
    public static byte[] Compute(TaskSpec task)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, task.Type);
        Append(hash, task.Queue);
        Append(hash, task.Priority);
        Append(hash, task.Payload.Span);
        Append(hash, task.Timeout);
        Append(hash, task.ParentId?.ToString());
        Append(hash, task.User);
        Append(hash, task.Labels);
        AppendRetry(hash, task.Retry);
        AppendPlacement(hash, task.Placement);
        return hash.GetHashAndReset();
    }

    private static void AppendRetry(IncrementalHash hash, RetryPolicy retry)
    {
        Append(hash, retry.AttemptsMax);
        Append(hash, retry.BackoffInitial);
        Append(hash, BitConverter.DoubleToInt64Bits(retry.BackoffFactor));
        Append(hash, retry.BackoffMax);
        Append(hash, BitConverter.DoubleToInt64Bits(retry.Jitter));
    }

    private static void AppendPlacement(IncrementalHash hash, PlacementRule rule)
    {
        Append(hash, rule.RequiredNode);
        Append(hash, rule.PreferredNode);
        Append(hash, rule.ExcludedNodes?.Count ?? 0);
        foreach (var node in (rule.ExcludedNodes ?? []).Order(StringComparer.Ordinal))
        {
            Append(hash, node);
        }

        Append(hash, rule.RequiredLabels);
    }

    /// <summary>Null and empty are the same: neither asks for anything.</summary>
    private static void Append(IncrementalHash hash, IReadOnlyDictionary<string, string>? labels)
    {
        Append(hash, labels?.Count ?? 0);
        foreach (var (key, value) in (labels ?? new Dictionary<string, string>()).OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            Append(hash, key);
            Append(hash, value);
        }
    }

    private static void Append(IncrementalHash hash, string? text)
    {
        Append(hash, text is null ? 0L : 1L);
        Append(hash, Encoding.UTF8.GetBytes(text ?? "").AsSpan());
    }

    /// <summary>The length goes first, so that neighbouring fields cannot be mistaken for each other.</summary>
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Append(hash, (long)bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, TimeSpan duration) => Append(hash, (long)duration.TotalMilliseconds);

    private static void Append(IncrementalHash hash, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }
}
