using Microsoft.AspNetCore.Http;
using Silo.Core.Tasks;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks.Streams;

/// <summary>Reads one group of lines while the one before is stored and answered. Holds two groups at most, so a client that does not read its answers is read no further.</summary>
/// <param name="hold">What the stream has in memory is counted here.</param>
/// <param name="lineTimeMax">How long a line may take to arrive.</param>
internal sealed class SubmitStream(
    LineSubmitter submitter, LineWriter writer, BodyMemory.BodyHold hold, ReadingTurns turns, TimeSpan lineTimeMax, TimeProvider time, CancellationToken aborted)
{
    public const int GroupLinesMax = 1000;

    /// <summary>A group is closed once its lines have this many bytes.</summary>
    public const int GroupBytesMax = 2 * TaskLimits.PayloadBytesMax;

    /// <summary>And once what is wrong with its lines has as many: a few bytes can be wrong in many ways.</summary>
    public const int GroupProblemBytesMax = 64 * 1024;

    private List<SubmitLine> _group = [];
    private long _groupBytes;
    private long _groupProblemBytes;
    private long _sendingBytes;
    private (int Number, long StartedAt) _partial;
    private Task _sending = Task.CompletedTask;

    /// <param name="stopping">The server stops: what was read is answered, and a last line says that the rest was not.</param>
    /// <returns>Whether the body was read to its end.</returns>
    public async Task<bool> RunAsync(LineReader lines, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        try
        {
            var refusal = await ReadAllAsync(lines, ended.Token);
            if (refusal is not null)
                _group.Add(SubmitLine.Refused(lines.Number + 1, refusal));
            await SendAsync();
            await _sending;
            return refusal is null;
        }
        finally
        {
            // The response must not be written to once the request has ended, however it ended.
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lines.Release();
        }
    }

    /// <returns>Why the rest was not read; null at the end of the body.</returns>
    private async Task<ProblemResult?> ReadAllAsync(LineReader lines, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                var read = await ReadGroupAsync(lines, ended);
                if (IsGroupFull)
                    await SendAsync();
                switch (read)
                {
                    case LineRead.Line or LineRead.TooLong:
                        break;
                    case LineRead.NotYet:
                        if (!await HasRoomAsync(lines))
                            return ApiProblems.TooManyBodies();
                        if (!await TryFillAsync(lines, ended))
                            return ApiProblems.OfStatus(StatusCodes.Status408RequestTimeout, "the body");
                        break;
                    default:
                        return null;
                }
            }
        }
        catch (BadHttpRequestException bad)
        {
            return ApiProblems.OfStatus(bad.StatusCode, "the body");
        }
        catch (IOException)
        {
            // A chunk size beyond all bounds comes as this.
            return ApiProblems.OfStatus(StatusCodes.Status400BadRequest, "the body");
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return ApiProblems.NotReady("The server stops; this line and those after it were not read.");
        }
    }

    private bool IsGroupFull => _group.Count == GroupLinesMax || _groupBytes >= GroupBytesMax || _groupProblemBytes >= GroupProblemBytesMax;

    /// <returns>What the last look at the lines found; a line when the group is full.</returns>
    private async Task<LineRead> ReadGroupAsync(LineReader lines, CancellationToken ended)
    {
        await turns.WaitAsync(ended);
        try
        {
            while (true)
            {
                var read = lines.Read(out var text);
                if (read is not (LineRead.Line or LineRead.TooLong))
                    return read;
                var line = read == LineRead.Line ? submitter.Read(lines.Number, text) : submitter.RefuseLength(lines.Number);
                _group.Add(line);
                _groupBytes += text.Length;
                _groupProblemBytes += line.ProblemBytes;
                if (IsGroupFull)
                    return read;
            }
        }
        finally
        {
            turns.Release();
        }
    }

    // What was gathered needs no room once it is stored and answered; what then is left is one line.
    private async Task<bool> HasRoomAsync(LineReader lines)
    {
        if (hold.TryHold(lines.UnreadBytes + _groupBytes + _groupProblemBytes + _sendingBytes))
            return true;
        await SendAsync();
        await _sending;
        return hold.TryHold(lines.UnreadBytes);
    }

    /// <returns>False when the line that has begun takes too long.</returns>
    private async Task<bool> TryFillAsync(LineReader lines, CancellationToken ended)
    {
        // Short ones are left to the web server, which asks of every body that it arrives at some speed.
        if (lines.UnreadBytes <= BodyMemory.FreeBytes)
        {
            await FillAsync(lines, ended);
            return true;
        }

        if (_partial.Number != lines.Number + 1)
            _partial = (lines.Number + 1, time.GetTimestamp());
        var left = lineTimeMax - time.GetElapsedTime(_partial.StartedAt);
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, late.Token);
        try
        {
            await FillAsync(lines, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            return false;
        }
    }

    // A sender that pauses gets its answers at once; while a group is stored, the next one gathers what arrives meanwhile.
    private async Task FillAsync(LineReader lines, CancellationToken ended)
    {
        var arrival = lines.FillAsync(ended).AsTask();
        if (!arrival.IsCompleted && _group.Count > 0)
        {
            await Task.WhenAny(arrival, _sending);
            if (!arrival.IsCompleted)
                await SendAsync();
        }

        await arrival;
    }

    private async Task SendAsync()
    {
        await _sending;
        var group = _group;
        (_group, _groupBytes, _groupProblemBytes, _sendingBytes) = ([], 0, 0, _groupBytes + _groupProblemBytes);
        _sending = AnswerAsync(group);
    }

    private async Task AnswerAsync(List<SubmitLine> group)
    {
        if (group.Count == 0)
            return;
        await submitter.SubmitAsync(group, aborted);
        await writer.WriteAsync(group, aborted);
        _sendingBytes = 0;
    }
}
