namespace Silo.Core.Storage;

/// <summary>Small JSON values that actors keep beyond their lives: only what may be lost or made anew, since no promise rests on it.</summary>
/// <remarks>The last write stands, whoever made it. A reader expects anything: nothing at all, what an older version wrote, or what somebody has put there by hand.</remarks>
public interface IActorStateStore
{
    /// <returns>Null when there is none.</returns>
    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    Task<ReadOnlyMemory<byte>?> ReadAsync(ActorStateKey key, CancellationToken cancellationToken);

    /// <param name="json">UTF-8, up to <see cref="ActorStateKey.BytesMax"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is too long.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was written.</exception>
    /// <exception cref="StoreUnknownException">It may have been written.</exception>
    Task WriteAsync(ActorStateKey key, ReadOnlyMemory<byte> json, CancellationToken cancellationToken);
}

/// <param name="Kind">What kind of actor it is of.</param>
/// <param name="Key">Which one.</param>
public readonly record struct ActorStateKey(string Kind, string Key)
{
    /// <summary>The longest value.</summary>
    public const int BytesMax = 128 * 1024;

    /// <exception cref="ArgumentOutOfRangeException">The value is too long.</exception>
    public void Check(ReadOnlyMemory<byte> json) => ArgumentOutOfRangeException.ThrowIfGreaterThan(json.Length, BytesMax, $"{Kind} {Key}");
}
