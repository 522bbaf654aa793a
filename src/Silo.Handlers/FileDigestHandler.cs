using System.Buffers;
using System.Security.Cryptography;
using Silo.Core.Handlers;

namespace Silo.Handlers;

/// <param name="Path">A file, relative to the root of files.</param>
internal sealed record FileDigestPayload(string Path);

/// <param name="Path">As it was asked for.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Bytes">Size of what was read.</param>
/// <param name="Lines">Newline bytes.</param>
/// <param name="Words">Longest runs without ASCII white space.</param>
internal sealed record FileDigest(string Path, string Sha256, long Bytes, long Lines, long Words);

/// <summary>Reads a file once, in bounded memory, and says what <c>sha256sum</c> and <c>wc</c> would say.</summary>
internal sealed class FileDigestHandler(FilesRoot root) : ITaskHandler<FileDigestPayload, FileDigest>, IPayloadCheck<FileDigestPayload>
{
    private const int BufferBytes = 128 * 1024;
    private const long ProgressEveryBytes = 8 * 1024 * 1024;

    public PayloadProblem? Check(FileDigestPayload payload) =>
        root.Refuse(payload.Path) is { } rule ? new PayloadProblem("payload.path", rule) { Code = FilesRoot.RefusalCode } : null;

    // Reads block: on Unix an asynchronous read of a file is a blocking one on another thread of the pool, plus the hop.
    public Task<FileDigest> RunAsync(FileDigestPayload payload, TaskContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Read(payload, context, cancellationToken));

    private FileDigest Read(FileDigestPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        using var file = Open(payload.Path);
        var length = RandomAccess.GetLength(file);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var text = new TextCounter();
            var position = 0L;
            var nextProgress = ProgressEveryBytes;
            while (RandomAccess.Read(file, buffer.AsSpan(0, BufferBytes), position) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                text.Add(buffer.AsSpan(0, read));
                position += read;
                if (position >= nextProgress)
                {
                    // A file that grows while it is read never shows more than all of it.
                    context.ReportProgress(Math.Min(100, 100.0 * position / Math.Max(1, length)));
                    nextProgress = position + ProgressEveryBytes;
                }
            }

            return new FileDigest(payload.Path, Convert.ToHexStringLower(hash.GetHashAndReset()), position, text.Lines, text.Words);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path)
    {
        var real = root.Resolve(path) ?? throw new TaskFailedException(FilesRoot.RefusalCode, $"payload.path: '{path}' leaves the root of files", retry: false);
        try
        {
            return RegularFile.OpenToRead(real) ?? throw new TaskFailedException("file_unreadable", $"'{path}' is a pipe, a socket or a terminal, no file.", retry: false);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            throw new TaskFailedException("file_not_found", $"There is no file '{path}' below the root of files.", retry: false);
        }
        catch (UnauthorizedAccessException)
        {
            throw new TaskFailedException("file_unreadable", $"'{path}' is a folder, or may not be read.", retry: false);
        }
    }
}
