%if title
LABEL org.opencontainers.image.title={{title|label}}
%end
%if label_version
LABEL org.opencontainers.image.version={{label_version|label}}
%end
%if description
LABEL org.opencontainers.image.description={{description|label}}
%end
%if license
LABEL org.opencontainers.image.licenses={{license|label}}
%end
%if source
LABEL org.opencontainers.image.source={{source|label}}
%end
