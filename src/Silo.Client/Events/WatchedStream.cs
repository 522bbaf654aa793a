namespace Silo.Client.Events;

/// <summary>Reads a stream that is never to be silent for long: when it is, the other side is gone and nobody has said so.</summary>
internal sealed class WatchedStream(Stream source, TimeProvider time) : Stream
{
    /// <summary>Three times what a server leaves between two signs of life.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(45);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The stream has no length.");

    public override long Position
    {
        get => throw new NotSupportedException("The stream has no position.");
        set => throw new NotSupportedException("The stream has no position.");
    }

    /// <exception cref="IOException">Nothing came for too long, or the connection broke.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silent = new CancellationTokenSource(SilenceMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silent.Token, cancellationToken);
        try
        {
            return await source.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (silent.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"Nothing came for {SilenceMax.TotalSeconds} s.");
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is only read.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream has no position.");

    public override void SetLength(long value) => throw new NotSupportedException("The stream has no length.");

    public override void Flush()
    {
        // Nothing is ever written.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
