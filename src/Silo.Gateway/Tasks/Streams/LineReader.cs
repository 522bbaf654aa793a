using System.Buffers;
using System.IO.Pipelines;

namespace Silo.Gateway.Tasks.Streams;

internal enum LineRead
{
    /// <summary>No whole line has arrived: call <see cref="LineReader.FillAsync"/>.</summary>
    NotYet,

    Line,

    /// <summary>The line is over the limit; its bytes were passed over and not kept.</summary>
    TooLong,

    End,
}

/// <summary>Cuts a body into lines as it arrives, and holds no more of it than one line and what the transport read ahead.</summary>
internal sealed class LineReader(PipeReader body, int lineBytesMax)
{
    private ReadOnlySequence<byte> _unread;

    // Bytes at the front of what is unread that are known to hold no line end, so that a long line is not searched anew for each piece of it.
    private long _searched;
    private bool _passingOver;
    private bool _filled;
    private bool _ended;

    /// <summary>Number of the line read last, from 1; blank ones count.</summary>
    public int Number { get; private set; }

    /// <summary>Bytes that have arrived and are not yet taken as lines.</summary>
    public long UnreadBytes => _unread.Length;

    /// <summary>Takes the next line that is not blank.</summary>
    /// <param name="line">Without its end; valid until the next <see cref="FillAsync"/>.</param>
    public LineRead Read(out ReadOnlySequence<byte> line)
    {
        while (TryCut(out line, out var tooLong))
        {
            Number++;
            if (tooLong)
                return LineRead.TooLong;
            if (!IsBlank(line))
                return LineRead.Line;
        }

        return _ended ? LineRead.End : LineRead.NotYet;
    }

    /// <summary>Waits for more of the body.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_filled)
            body.AdvanceTo(_unread.Start, _unread.End);
        _filled = false;
        var read = await body.ReadAsync(cancellationToken);
        (_unread, _ended, _filled) = (read.Buffer, read.IsCompleted, true);
    }

    /// <summary>Gives back what was read last: a server that finds it still taken cannot end the request in order.</summary>
    public void Release()
    {
        if (_filled)
            body.AdvanceTo(_unread.End);
        (_unread, _searched, _filled) = (default, 0, false);
    }

    private bool TryCut(out ReadOnlySequence<byte> line, out bool tooLong)
    {
        if (_unread.Slice(_searched).PositionOf((byte)'\n') is { } end)
        {
            line = Cut(end, _unread.GetPosition(1, end), out tooLong);
            return true;
        }

        if (_ended && (_passingOver || !_unread.IsEmpty))
        {
            line = Cut(_unread.End, _unread.End, out tooLong);
            return true;
        }

        _searched = _unread.Length;
        if (_unread.Length > lineBytesMax)
        {
            _passingOver = true;
            _unread = _unread.Slice(_unread.End);
            _searched = 0;
        }

        (line, tooLong) = (default, false);
        return false;
    }

    private ReadOnlySequence<byte> Cut(SequencePosition end, SequencePosition next, out bool tooLong)
    {
        var line = _unread.Slice(_unread.Start, end);
        tooLong = _passingOver || line.Length > lineBytesMax;
        _unread = _unread.Slice(next);
        (_searched, _passingOver) = (0, false);
        return line;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
        {
            if (part.Span.ContainsAnyExcept(" \t\r"u8))
                return false;
        }

        return true;
    }
}
