using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.Relations;

/// <summary>One actor's dealings with one patient. 20 bytes.</summary>
internal struct Touch
{
    /// <summary>Low half of the actor's key; 0 is a free place.</summary>
    public uint Actor;

    /// <summary>Low half of the actor's peer group.</summary>
    public uint Peers;

    /// <summary>Minutes since 1970 of the first dealing, and of the last.</summary>
    public int FirstMinute;
    public int LastMinute;

    /// <summary>Minutes since 1970 of the permission the actor got in person; 0 for none.</summary>
    public int GrantedMinute;
}

/// <summary>Who dealt with a patient lately, and where the patient was seen. 268 bytes.</summary>
internal struct PatientTouches
{
    /// <summary>Actors remembered; the one that was quiet longest makes room.</summary>
    public const int TouchesMax = 12;

    private const int PlacesMax = 3;

    private TouchArray _touches;
    private PlaceArray _places;

    /// <summary>All places, free ones included.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<Touch> Touches => _touches;

    /// <summary>The actor's place, taken from the quietest when it had none.</summary>
    [UnscopedRef]
    public ref Touch Of(uint actor, out bool isNew)
    {
        var quietest = 0;
        for (var i = 0; i < TouchesMax; i++)
        {
            isNew = false;
            if (_touches[i].Actor == actor)
                return ref _touches[i];
            if (_touches[i].LastMinute < _touches[quietest].LastMinute)
                quietest = i;
        }
        isNew = true;
        _touches[quietest] = new Touch { Actor = actor };
        return ref _touches[quietest];
    }

    /// <summary>Minutes since 1970 when the patient was last seen at the organization; 0 for never.</summary>
    public readonly int SeenMinute(uint organization)
    {
        foreach (var place in (ReadOnlySpan<Place>)_places)
        {
            if (place.Organization == organization)
                return place.Minute;
        }
        return 0;
    }

    /// <summary>Notes that the patient was at the organization.</summary>
    public void See(uint organization, int minute)
    {
        var oldest = 0;
        for (var i = 0; i < PlacesMax; i++)
        {
            if (_places[i].Organization == organization)
            {
                _places[i].Minute = Math.Max(_places[i].Minute, minute);
                return;
            }
            if (_places[i].Minute < _places[oldest].Minute)
                oldest = i;
        }
        _places[oldest] = new Place { Organization = organization, Minute = minute };
    }

    private struct Place
    {
        public uint Organization;
        public int Minute;
    }

    [InlineArray(TouchesMax)]
    private struct TouchArray
    {
        private Touch _first;
    }

    [InlineArray(PlacesMax)]
    private struct PlaceArray
    {
        private Place _first;
    }
}
