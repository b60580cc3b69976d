{{- define "courseware.env" -}}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
- name: COURSEWARE_STORE_DATABASE
  valueFrom: { secretKeyRef: { name: {{ .Values.secret }}, key: database } }
- name: COURSEWARE_HUB_TOKEN
  valueFrom: { secretKeyRef: { name: {{ .Values.secret }}, key: hub-token } }
- name: AWS_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ .Values.secret }}, key: s3-key, optional: true } }
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ .Values.secret }}, key: s3-secret, optional: true } }
{{- end -}}
{{- define "courseware.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
volumeMounts: [{ name: files, mountPath: /srv/courseware }]
env: {{- include "courseware.env" . | nindent 2 }}
{{- end -}}
{{- define "courseware.volumes" -}}
- name: files
  persistentVolumeClaim: { claimName: {{ .Values.claim }} }
{{- end -}}
